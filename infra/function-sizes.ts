import { TIME_LIMIT_SECONDS as NOTIFY_SECONDS } from '../functions/notify-sender/limits.ts'

export interface FunctionSize {
  /** Time limit of one invocation. */
  timeoutSeconds: number
  memoryMegabytes: number
}

/** An event source and how hard it may push. */
export interface FunctionFeed {
  /** Messages handed to one invocation. */
  batchSize: number
  /** Invocations at a time; SQS allows no fewer than two. */
  concurrency: number
}

export const RECEIVE: FunctionSize & FunctionFeed = {
  timeoutSeconds: 60,
  // At 1769 MB Lambda gives one whole processor, and a conversion can use one and no more.
  memoryMegabytes: 1769,
  // A TIFF made to be slow may use up the time of its own invocation, and of no other fax.
  batchSize: 1,
  concurrency: 10,
}

export const SETTLE: FunctionSize & FunctionFeed = {
  timeoutSeconds: 30,
  memoryMegabytes: 256,
  batchSize: 10,
  concurrency: 2,
}

/** Reads a file where a printer is to have a copy: TIFF and PDF of 100 MB each take 300 MB at most. */
export const DISPATCH: FunctionSize & FunctionFeed = {
  timeoutSeconds: 60,
  memoryMegabytes: 512,
  batchSize: 5,
  concurrency: 5,
}
/** Few and small mails. Two at a time: the windows of the causes are kept by conditional writes. */
export const NOTIFY: FunctionSize & FunctionFeed = {
  timeoutSeconds: 30,
  memoryMegabytes: 256,
  batchSize: 10,
  concurrency: 2,
}
/** Lambda's longest, for who is asked to look back over many days. */
export const SWEEP: FunctionSize = { timeoutSeconds: 900, memoryMegabytes: 1024 }
export const DOWNLOAD: FunctionSize = { timeoutSeconds: 10, memoryMegabytes: 256 }

export const SUBMIT: FunctionSize & FunctionFeed = {
  // Five hundred dense pages.
  timeoutSeconds: 300,
  // One whole processor, as for RECEIVE. PDFium gets 256 MB, and the pages and their TIFF lie beside it.
  memoryMegabytes: 1769,
  batchSize: 1,
  concurrency: 10,
}

export const MAIL_IN: FunctionSize & FunctionFeed = {
  // PDFs are put together object by object, with all of one processor.
  timeoutSeconds: 120,
  // A mail of 40 MB with four scans takes 300 MB at most, with a PDF of 700,000 small objects 1,220.
  memoryMegabytes: 1769,
  batchSize: 1,
  concurrency: 5,
}

export const API: FunctionSize = { timeoutSeconds: 30, memoryMegabytes: 512 }

export const SCHEDULE: FunctionSize & FunctionFeed = {
  timeoutSeconds: 30,
  memoryMegabytes: 256,
  batchSize: 10,
  concurrency: 2,
}

export const NOTIFY_SENDER: FunctionSize & FunctionFeed = {
  timeoutSeconds: NOTIFY_SECONDS,
  memoryMegabytes: 256,
  batchSize: 5,
  concurrency: 2,
}
