/**
 * What a kind of backend needs in order to deliver, as data: the CDK app makes its queue, its function and its
 * permissions of it, and grants nothing that is not named here.
 */
export type BackendNeeds = FunctionNeeds | SiteAgentNeeds

/** Delivered by a function of its own, from a queue of its own. */
export interface FunctionNeeds {
  deliveredBy: 'function'
  /** Time limit of one invocation. The queue's visibility timeout follows from it (six times as long). */
  timeoutSeconds: number
  memoryMegabytes: number
  /** Messages handed to one invocation. */
  batchSize: number
  /** Invocations at a time, so that a burst of faxes does not run into the other side's limits. */
  concurrency: number
  /** Areas of the faxes' bucket that it reads: the TIFFs as received are in incoming. */
  readsFaxes: readonly ('pdf' | 'incoming')[]
  /** Reads the secrets that backends of this kind name. */
  readsSecrets: boolean
  /** Sends through SES from the addresses that backends of this kind name. */
  sendsMail: boolean
  /** Writes into log groups that hold nothing but faxes, one for each backend of this kind. */
  writesFaxLog: boolean
}

/** Delivered on site: a job on the print queue of the backend's site, which the agent there polls. */
export interface SiteAgentNeeds {
  deliveredBy: 'site agent'
}
