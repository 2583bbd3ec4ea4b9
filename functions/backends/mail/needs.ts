import type { FunctionNeeds } from '../needs.ts'

export const mailNeeds: FunctionNeeds = {
  deliveredBy: 'function',
  timeoutSeconds: 60,
  // Ten megabytes of PDF are held three times over while the message is encoded.
  memoryMegabytes: 512,
  batchSize: 5,
  concurrency: 5,
  readsFaxes: ['pdf', 'incoming'],
  readsSecrets: false,
  sendsMail: true,
  writesFaxLog: false,
}
