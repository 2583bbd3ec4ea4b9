import { SESClient, SendRawEmailCommand } from '@aws-sdk/client-ses'
import { delivered } from '../../../shared/outcome.ts'
import type { MailDependencies } from './deliver-mail.ts'
import { outcomeOfSesError } from './ses-answers.ts'

/** A client that asks once and gives up in time for its caller to write down what happened. */
export function makeSesClient(): SESClient {
  return new SESClient({
    // A repeated SendRawEmail is a second mail: the decision to repeat is the ledger's.
    maxAttempts: 1,
    requestHandler: {
      connectionTimeout: 3_000,
      requestTimeout: 10_000,
      throwOnRequestTimeout: true,
      // A connection kept over a frozen function is dead when it thaws, and its reset looks like a mail that may have gone out.
      httpsAgent: { keepAlive: false },
      httpAgent: { keepAlive: false },
    },
  })
}

/** SES tells of bounces and complaints of mails that name a configuration set, with the tags of the mail. */
export function makeSesMailer(client: SESClient, configurationSet?: string): MailDependencies['sendRaw'] {
  return async ({ source, destinations, raw, tags = {} }) => {
    try {
      const { MessageId } = await client.send(
        // Named here, no header can add or change an address.
        new SendRawEmailCommand({
          Source: source,
          Destinations: destinations,
          RawMessage: { Data: raw },
          ...(configurationSet === undefined
            ? {}
            : {
                ConfigurationSetName: configurationSet,
                Tags: Object.entries(tags).map(([Name, Value]) => ({ Name, Value })),
              }),
        }),
      )
      return delivered(MessageId ?? 'without a message id', 'SES took the message')
    } catch (error) {
      return outcomeOfSesError(error)
    }
  }
}
