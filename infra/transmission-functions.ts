import type { Construct } from 'constructs'
import type { DeployedTable } from '../shared/routing-table/deployed-table.ts'
import { transmitSites } from '../shared/site-queues.ts'
import type { AssetFolders } from './bundles.ts'
import { writesLedger } from './environments.ts'
import { NOTIFY_SENDER, SCHEDULE, SUBMIT } from './function-sizes.ts'
import { GatewayFunction } from './gateway-function.ts'
import { type Names, queueUrl } from './names.ts'
import * as may from './permissions.ts'
import { feedFrom } from './queue-feed.ts'
import { domainsOf, type IdentityMode, noticeSenders, senderIdentityArns } from './sender-identities.ts'

interface TransmissionProps {
  names: Names
  table: DeployedTable
  identities: IdentityMode
  assetFolders: AssetFolders
}

/** From a document to the site that dials, and back to the sender. */
export function transmissionFunctions(scope: Construct, props: TransmissionProps): GatewayFunction[] {
  return [submitFunction(scope, props), scheduleFunction(scope, props), notifySenderFunction(scope, props)]
}

/** What has to do with the end of an attempt: a further one, or a word to the sender. */
export function followUps({ schedule, senderNotices }: Names) {
  return {
    environment: {
      SCHEDULE_QUEUE_URL: queueUrl(schedule),
      SENDER_NOTICES_QUEUE_URL: queueUrl(senderNotices),
    },
    queues: [schedule, senderNotices],
  }
}

function submitFunction(
  scope: Construct,
  { names, table, assetFolders }: TransmissionProps,
): GatewayFunction {
  const { environment, queues } = followUps(names)
  const ledger = writesLedger(names, table)
  const submit = new GatewayFunction(scope, 'Submit', {
    names,
    functionName: 'submit',
    description: 'Makes fax pages of a document that is to be sent',
    assetFolder: assetFolders.submit,
    size: SUBMIT,
    environment: { FAXES_BUCKET: names.bucket, ...environment, ...ledger.environment },
    permissions: [
      may.takeMessages(names.submissions),
      may.readFaxes(names, ['outgoing']),
      may.tellMissingFaxes(names),
      may.writeFaxes(names, ['transmit']),
      ...ledger.permissions,
      may.countInLedger(names),
      may.sendMessages(queues),
    ],
  })
  feedFrom(names.submissions, submit, SUBMIT)
  return submit
}

function scheduleFunction(
  scope: Construct,
  { names, table, assetFolders }: TransmissionProps,
): GatewayFunction {
  const sites = transmitSites(table).map(names.transmit)
  const schedule = new GatewayFunction(scope, 'Schedule', {
    names,
    functionName: 'schedule',
    description: 'Hands an attempt at a transmission to its site when its time has come',
    assetFolder: assetFolders.schedule,
    size: SCHEDULE,
    // A wait of more than a quarter of an hour is several messages, and ends.
    sendsToItself: true,
    environment: {
      SCHEDULE_QUEUE_URL: queueUrl(names.schedule),
      TRANSMIT_QUEUE_PREFIX: names.transmitPrefix,
    },
    permissions: [
      may.takeMessages(names.schedule),
      may.readLedger(names),
      may.sendMessages([names.schedule, ...sites]),
      ...(sites.length > 0 ? [may.findQueues(sites)] : []),
    ],
  })
  feedFrom(names.schedule, schedule, SCHEDULE)
  return schedule
}

function notifySenderFunction(
  scope: Construct,
  { names, table, identities, assetFolders }: TransmissionProps,
): GatewayFunction {
  const from = noticeSenders(table)
  const ledger = writesLedger(names, table)
  const notifySender = new GatewayFunction(scope, 'NotifySender', {
    names,
    functionName: 'notify-sender',
    description: 'Tells the sender of a fax how it ended',
    assetFolder: assetFolders['notify-sender'],
    size: NOTIFY_SENDER,
    // A retry goes back to its own queue, and the schedule of retries ends.
    sendsToItself: true,
    environment: {
      FAXES_BUCKET: names.bucket,
      SENDER_NOTICES_QUEUE_URL: queueUrl(names.senderNotices),
      ...ledger.environment,
    },
    permissions: [
      may.takeMessages(names.senderNotices),
      may.sendMessages([names.senderNotices]),
      may.readFaxes(names, ['transmit']),
      may.tellMissingFaxes(names),
      ...ledger.permissions,
      ...(from.length > 0 ? [may.sendMail(senderIdentityArns(from, identities), domainsOf(from))] : []),
    ],
  })
  feedFrom(names.senderNotices, notifySender, NOTIFY_SENDER)
  return notifySender
}
