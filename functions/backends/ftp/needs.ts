import type { FunctionNeeds } from '../needs.ts'

export const ftpNeeds: FunctionNeeds = {
  deliveredBy: 'function',
  // A server that answers slowly gets its time; one invocation holds one fax, so none waits behind it.
  timeoutSeconds: 120,
  // The fax is in memory twice over while it is sent, and may have 100 MB.
  memoryMegabytes: 512,
  batchSize: 1,
  concurrency: 5,
  readsFaxes: ['pdf', 'incoming'],
  readsSecrets: true,
  sendsMail: false,
  writesFaxLog: false,
}
