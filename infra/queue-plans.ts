import { BACKENDS, type FunctionKind } from '../functions/backends/list.ts'
import { TIME_LIMIT_SECONDS as NOTIFY_SECONDS } from '../functions/notify-sender/limits.ts'
import { MAX_RECEIVES } from '../functions/queues/redrive.ts'
import { deadLettersOf } from '../shared/deployment-names.ts'
import { PRINT_JOB_DAYS } from '../shared/messages.ts'
import type { BackendKind, DeployedTable } from '../shared/routing-table/deployed-table.ts'
import { transmitSites } from '../shared/site-queues.ts'
import { ConfigurationError } from './configuration-error.ts'
import { DISPATCH, MAIL_IN, NOTIFY, RECEIVE, SCHEDULE, SETTLE, SUBMIT } from './function-sizes.ts'
import type { Names } from './names.ts'
import { mailDomains, sendsMail } from './sender-identities.ts'

export interface QueuePlan {
  /** Construct id: changing it would replace the queue. */
  id: string
  name: string
  visibilityTimeoutSeconds: number
  maxReceiveCount: number
  retentionDays: number
  /** Who takes messages from it, in the words of an alarm. */
  worker: string
}

/** The longest that SQS keeps a message. One that goes to a dead-letter queue keeps its age. */
const LONGEST_RETENTION_DAYS = 14
export const DEAD_LETTER_RETENTION_DAYS = LONGEST_RETENTION_DAYS

export const FUNCTION_KINDS = (Object.keys(BACKENDS) as BackendKind[]).filter(isFunctionKind)

function isFunctionKind(kind: BackendKind): kind is FunctionKind {
  return BACKENDS[kind].deliveredBy === 'function'
}

/** Part of construct ids. */
export const deliverId = (kind: FunctionKind) => `Deliver${kind.charAt(0).toUpperCase()}${kind.slice(1)}`

export function planArrivals(names: Names): QueuePlan {
  return functionQueue('Arrivals', names.arrivals, 'receive', RECEIVE.timeoutSeconds)
}

export function planSubmissions(names: Names): QueuePlan {
  return functionQueue('Submissions', names.submissions, 'submit', SUBMIT.timeoutSeconds)
}

/** Which SES fills, by way of a topic. */
export function planMailIn(names: Names): QueuePlan {
  return functionQueue('MailInQueue', names.mailIn, 'mail-in', MAIL_IN.timeoutSeconds)
}

export function planSchedule(names: Names): QueuePlan {
  return functionQueue('Schedule', names.schedule, 'schedule', SCHEDULE.timeoutSeconds)
}

export function planSenderNotices(names: Names): QueuePlan {
  return functionQueue('SenderNotices', names.senderNotices, 'notify-sender', NOTIFY_SECONDS)
}

export function planDispatch(names: Names): QueuePlan {
  return functionQueue('Dispatch', names.dispatch, 'dispatch', DISPATCH.timeoutSeconds)
}

/** Which SES fills, by way of a topic. */
export function planMailEvents(names: Names): QueuePlan {
  return functionQueue('MailReturned', names.mailEvents, 'settle', SETTLE.timeoutSeconds)
}

export function planNotices(names: Names): QueuePlan {
  return functionQueue('Notices', names.notices, 'notify', NOTIFY.timeoutSeconds)
}

export function planDeliveries(names: Names, kind: FunctionKind): QueuePlan {
  return functionQueue(
    deliverId(kind),
    names.deliveries(kind),
    `deliver-${kind}`,
    BACKENDS[kind].timeoutSeconds,
  )
}

/**
 * SQS's most. An agent decides when a job has failed, and puts back what it can't do now (a full disk, S3 not to be had) for up to half an
 * hour, in the mean 22 minutes: 640 receives in the ten days that a queue keeps a job. What came three times is not in SQS's age any more;
 * how long it has waited is in the agent's sign of life.
 */
const AGENT_RECEIVES = 1000

/** The queue that the print agent of `site` polls. */
export function planPrints(names: Names, site: string): QueuePlan {
  return {
    id: `Print-${site}`,
    name: names.print(site),
    // The agent extends it while it prints; when the agent dies, the job shows up again after this.
    visibilityTimeoutSeconds: 120,
    maxReceiveCount: AGENT_RECEIVES,
    // A site may be down over a long holiday.
    retentionDays: PRINT_JOB_DAYS,
    worker: `the print agent of ${site}`,
  }
}

/** On which the agents of `site` report. One for each site: who may send to it is how `settle` knows the site. */
export function planReports(names: Names, site: string): QueuePlan {
  return functionQueue(`Reports-${site}`, names.reports(site), 'settle', SETTLE.timeoutSeconds)
}

/** The queue that the edge agent of `site` polls. */
export function planTransmissions(names: Names, site: string): QueuePlan {
  return {
    id: `Transmit-${site}`,
    name: names.transmit(site),
    // The agent extends it while it dials and sends; when the agent dies, the job shows up again after this.
    visibilityTimeoutSeconds: 120,
    // The agent answers a job that it has seen from its journal, so that a job is dialled once however often it comes.
    maxReceiveCount: AGENT_RECEIVES,
    retentionDays: 10,
    worker: `the edge agent of ${site}`,
  }
}

/**
 * All queues but those that the bucket announces to and that of mails that came back, which are bound to what fills them. Throws a
 * ConfigurationError when two would have one name.
 */
export function planWorkQueues(names: Names, table: DeployedTable): QueuePlan[] {
  const clash = table.sites.find((site) => table.sites.some((other) => deadLettersOf(other) === site))
  if (clash !== undefined) {
    throw new ConfigurationError(
      `Site ${clash} would have the queue that holds another site's dead letters, ${names.print(clash)}. Give the site another name in the routing table.`,
    )
  }
  return [
    ...FUNCTION_KINDS.map((kind) => planDeliveries(names, kind)),
    planSchedule(names),
    planSenderNotices(names),
    planDispatch(names),
    ...(table.notices === undefined ? [] : [planNotices(names)]),
    ...table.sites.map((site) => planPrints(names, site)),
    ...table.sites.map((site) => planReports(names, site)),
    ...transmitSites(table).map((site) => planTransmissions(names, site)),
  ]
}

/** Every queue of a deployment. */
export function planQueues(names: Names, table: DeployedTable): QueuePlan[] {
  const mailEvents = sendsMail(table) ? [planMailEvents(names)] : []
  const mailIn = mailDomains(table).length > 0 ? [planMailIn(names)] : []
  const announced = [planArrivals(names), planSubmissions(names)]
  return [...announced, ...mailEvents, ...mailIn, ...planWorkQueues(names, table)]
}

/** Those that functions take from; the others are the agents'. */
export function planFunctionQueues(names: Names, table: DeployedTable): QueuePlan[] {
  const ofAgents = new Set([...table.sites.map(names.print), ...table.sites.map(names.transmit)])
  return planQueues(names, table).filter(({ name }) => !ofAgents.has(name))
}

function functionQueue(id: string, name: string, functionName: string, timeoutSeconds: number): QueuePlan {
  return {
    id,
    name,
    // AWS's advice for event source mappings: room for throttled attempts of a whole batch.
    visibilityTimeoutSeconds: 6 * timeoutSeconds,
    maxReceiveCount: MAX_RECEIVES,
    // Where nobody takes from it (an event source that was switched off, a stack that is gone), SQS deletes after that, and tells nobody.
    retentionDays: LONGEST_RETENTION_DAYS,
    worker: `function ${functionName}`,
  }
}
