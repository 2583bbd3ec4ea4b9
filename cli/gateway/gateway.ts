import type { DeploymentNames } from '../../shared/deployment-names.ts'
import type { AskTable } from '../../shared/ledger/partitions.ts'
import type { LedgerQueries } from '../../shared/ledger/queries.ts'
import type { DeployedTable } from '../../shared/routing-table/deployed-table.ts'
import type { Forgetting } from './forgetting.ts'

/** A gateway as its operator's commands use it: a deployment, or the one that runs on this machine. */
export interface Gateway {
  /** Which one it is, in words. */
  title: string
  names: DeploymentNames
  ledger: LedgerQueries
  /** For what is in the ledger's table besides faxes. */
  askLedger: AskTable
  queues: GatewayQueues
  files: GatewayFiles
  forgetting: Forgetting
  /** The table that it routes by. */
  readTable: () => Promise<DeployedTable>
  /** Runs a function of the gateway, and answers what it answers. */
  invoke: (functionName: string, event: object) => Promise<unknown>
  putPassword: (secret: string, password: string) => Promise<'set' | 'no such secret'>
  close: () => void
}

export interface GatewayQueues {
  /** All that the deployment has, dead-letter queues included, by name. */
  depths: () => Promise<QueueDepth[]>
  send: (queue: string, message: object) => Promise<void>
  /** Some of the messages of a dead-letter queue. They stay where they are. */
  peek: (queue: string) => Promise<DeadLetter[]>
  /** Sends everything in a dead-letter queue back to where it came from. */
  redrive: (queue: string) => Promise<void>
}

export interface QueueDepth {
  queue: string
  /** To be had now. */
  visible: number
  /** In somebody's hands. */
  inFlight: number
  /** To be had later. */
  delayed: number
}

export interface DeadLetter {
  id: string
  body: string
  /** When it was first sent, to the queue that it came from. */
  sentAt: Date
}

export interface GatewayFiles {
  /** Undefined where there is nothing under the key. */
  read: (key: string) => Promise<Uint8Array | undefined>
  /** Refused where there is something under the key. */
  putNew: (file: {
    key: string
    bytes: Uint8Array
    metadata: Record<string, string>
    /** Absent: a TIFF. */
    contentType?: string
  }) => Promise<void>
}
