import type { FunctionNeeds } from '../needs.ts'

export const logNeeds: FunctionNeeds = {
  deliveredBy: 'function',
  timeoutSeconds: 30,
  memoryMegabytes: 256,
  batchSize: 10,
  concurrency: 2,
  readsFaxes: [],
  readsSecrets: false,
  sendsMail: false,
  writesFaxLog: true,
}
