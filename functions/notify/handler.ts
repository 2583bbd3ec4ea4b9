import { setTimeout as sleep } from 'node:timers/promises'
import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { SQSClient } from '@aws-sdk/client-sqs'
import * as z from 'zod'
import { fileStem } from '../../shared/file-name.ts'
import type { FaxRecord } from '../../shared/ledger/records.ts'
import { retentionOf } from '../../shared/routing-table/deployed-table.ts'
import { makeLinkMaker } from '../backends/mail/link-maker.ts'
import { makeSesClient, makeSesMailer } from '../backends/mail/ses-mailer.ts'
import { makeLinkStore } from '../download/link-store.ts'
import { readEnvironment } from '../environment.ts'
import { makeDynamoQueries } from '../ledger/dynamo-queries.ts'
import { type BatchResponse, workOnBatch } from '../queues/batch.ts'
import { LONGEST_DELAY_SECONDS, sendMessage } from '../queues/send.ts'
import { readDeployedTable } from '../routing-table-file.ts'
import { composeNotice } from './compose.ts'
import { makeDynamoWindows } from './dynamo-windows.ts'
import { noticeMessageSchema } from './notice-event.ts'
import { type NotifyDependencies, notify, type Told } from './notify.ts'

const { LEDGER_TABLE, LINK_URL, NOTICES_QUEUE_URL } = readEnvironment(
  z.object({
    LEDGER_TABLE: z.string(),
    /** Where links to faxes lead: the URL of the function `download`. */
    LINK_URL: z.url({ protocol: /^https?$/ }),
    /** Its own. */
    NOTICES_QUEUE_URL: z.url(),
  }),
)
const table = readDeployedTable()
const { notices, timeZone } = table
const { faxesDays: keptDays } = retentionOf(table)
if (notices === undefined) throw new Error('The routing table beside the function has no [notices].')

const dynamoDb = new DynamoDBClient({})
const sqs = new SQSClient({})
const now = () => new Date()
const makeLink = makeLinkMaker(makeLinkStore(dynamoDb, LEDGER_TABLE), LINK_URL, now)
const sendRaw = makeSesMailer(makeSesClient())

const dependencies: NotifyDependencies = {
  windows: makeDynamoWindows(dynamoDb, LEDGER_TABLE),
  findFax: (faxId) => makeDynamoQueries(dynamoDb, LEDGER_TABLE).fax(faxId),
  isTold: (cause) => (notices.recipients[cause] ?? []).length > 0,
  send,
  sendLater: (message, waitSeconds) => {
    const delaySeconds = Math.min(waitSeconds, LONGEST_DELAY_SECONDS)
    const furtherWaitSeconds = waitSeconds - delaySeconds
    return sendMessage(sqs, NOTICES_QUEUE_URL, { ...message, furtherWaitSeconds }, { delaySeconds })
  },
  pause: (milliseconds) => sleep(milliseconds),
  now,
}

async function send(told: Told): Promise<void> {
  if (notices === undefined) return
  const link = await linkTo(told.events.at(-1)?.entry.fax)
  const outcome = await sendRaw(await composeNotice({ notices, timeZone }, told, link))
  // The queue tries again, and after its last try the dead letters raise an alarm.
  if (outcome.outcome !== 'delivered') throw new Error(`The notice did not go out: ${outcome.text}`)
}

/** To the file as it came: what is unrouted or refused can be had by no other mail. Of a call without a page there is none. */
async function linkTo(fax: FaxRecord | undefined): Promise<string | undefined> {
  if (fax === undefined || fax.tiffBytes === 0) return undefined
  const { id: faxId, tiffKey: key } = fax
  // It was stored a moment before its record was opened.
  const endsAt = new Date(Date.parse(fax.openedAt) + keptDays * 86_400_000)
  return (await makeLink({ faxId, key, format: 'tiff', fileName: `${fileStem(fax)}.tif`, endsAt })).url
}

export function handler(event: unknown): Promise<BatchResponse> {
  return workOnBatch(event, async ({ body }) => {
    const message = noticeMessageSchema.parse(JSON.parse(body))
    console.info({ event: 'notice', ...message, became: await notify(dependencies, message) })
  })
}
