import type { PolicyStatement } from 'aws-cdk-lib/aws-iam'
import { type DeployedTable, retentionOf } from '../shared/routing-table/deployed-table.ts'
import { type Names, queueUrl } from './names.ts'
import * as may from './permissions.ts'
import { FUNCTION_KINDS } from './queue-plans.ts'

/** What several functions have in their environment, each beside the permission that goes with it. */
interface Share {
  environment: Record<string, string>
  permissions: PolicyStatement[]
}

/** For who writes the ledger. Where it is stands in every function's environment. */
export function writesLedger(names: Names, table: DeployedTable): Share {
  return {
    environment: { LEDGER_DAYS: String(retentionOf(table).ledgerDays) },
    permissions: [may.useLedger(names)],
  }
}

/** For who puts deliveries on their queues. */
export function makesDeliveries(names: Names, table: DeployedTable): Share & { queues: string[] } {
  const printQueues = table.sites.map(names.print)
  return {
    environment: {
      ...Object.fromEntries(
        FUNCTION_KINDS.map((kind) => [`${kind.toUpperCase()}_QUEUE_URL`, queueUrl(names.deliveries(kind))]),
      ),
      PRINT_QUEUE_PREFIX: names.printPrefix,
    },
    permissions: printQueues.length > 0 ? [may.findQueues(printQueues)] : [],
    queues: [...FUNCTION_KINDS.map(names.deliveries), ...printQueues],
  }
}

/** For who finds something that somebody has to hear of. */
export function tells(
  names: Names,
  { notices }: DeployedTable,
): { environment: Share['environment']; queues: string[] } {
  if (notices === undefined) return { environment: {}, queues: [] }
  return { environment: { NOTICES_QUEUE_URL: queueUrl(names.notices) }, queues: [names.notices] }
}

/** For who gives deliveries up. */
export function givesUp(
  names: Names,
  table: DeployedTable,
): { environment: Share['environment']; queues: string[] } {
  const { environment, queues } = tells(names, table)
  return {
    environment: { ...environment, DISPATCH_QUEUE_URL: queueUrl(names.dispatch) },
    queues: [names.dispatch, ...queues],
  }
}
