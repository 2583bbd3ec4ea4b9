export interface QueueMessage {
  /** The same for each time that this message comes, and no other message's. */
  id: string
  /** What this one receiving of it is called, for extending and removing. */
  receipt: string
  body: string
  /** How often it was received, this time included. */
  receives: number
  /** When it was received for the first time. */
  firstReceivedAt: Date
}

/** A queue of jobs for an agent. A received message is invisible to others until its time is over, and then comes again. */
export interface WorkQueue {
  /** Waits for a message; undefined when none came, or when the signal aborted. */
  receive: (invisibleSeconds: number, signal: AbortSignal) => Promise<QueueMessage | undefined>
  /** From now on, it stays invisible for so long. */
  keepInvisible: (message: QueueMessage, seconds: number) => Promise<void>
  remove: (message: QueueMessage) => Promise<void>
}

/** Where an agent says what became of a job. */
export interface Reports<Report> {
  send: (report: Report) => Promise<void>
}
