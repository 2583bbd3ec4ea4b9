import { visible } from '../../shared/visible.ts'
import { CommandFailed } from '../subcommand.ts'
import type { ClientSettings } from './connect.ts'

/** The longest that Lambda lets a function run. */
const LONGEST_RUN_MILLISECONDS = 900_000

/** Runs a function of the gateway and waits for what it answers. Throws CommandFailed where it breaks off. */
export async function invokeFunction(
  settings: ClientSettings,
  name: string,
  event: object,
): Promise<unknown> {
  const { InvokeCommand, LambdaClient } = await import('@aws-sdk/client-lambda')
  // Once: the second of two calls would run beside the first, whose answer was only late.
  const client = new LambdaClient({
    ...settings,
    maxAttempts: 1,
    requestHandler: { requestTimeout: LONGEST_RUN_MILLISECONDS },
  })
  try {
    const { Payload, FunctionError } = await client.send(
      new InvokeCommand({ FunctionName: name, Payload: JSON.stringify(event) }),
    )
    const text = Payload === undefined ? 'null' : Buffer.from(Payload).toString()
    if (FunctionError !== undefined)
      throw new CommandFailed(`the function ${name} broke off: ${visible(text)}`)
    return JSON.parse(text)
  } finally {
    client.destroy()
  }
}
