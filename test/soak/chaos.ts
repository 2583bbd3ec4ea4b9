import { readdirSync, readFileSync } from 'node:fs'
import process from 'node:process'
import { GetQueueUrlCommand, SendMessageCommand, type SQSClient } from '@aws-sdk/client-sqs'
import { announcement } from '../../functions/sweep/announcement.ts'
import type { StoredFax } from '../../functions/sweep/pair.ts'
import type { DispatchRequest } from '../../shared/messages.ts'

/** The processes of functions that this process started. */
function functionProcesses(): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => {
      try {
        const parent = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ')[1]
        return (
          parent === String(process.pid) &&
          readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('bootstrap.mjs')
        )
      } catch {
        // It has ended meanwhile.
        return false
      }
    })
    .map(Number)
}

/** Kills one of them, whatever it is doing. */
export function killOne(random: () => number): boolean {
  const processes = functionProcesses()
  const victim = processes[Math.floor(random() * processes.length)]
  if (victim === undefined) return false
  try {
    process.kill(victim, 'SIGKILL')
    return true
  } catch {
    return false
  }
}

/** Sends again, late and out of order, what has been sent already: S3's event of a fax, and a message of one of its deliveries. */
export function makeRepeat(sqs: SQSClient, bucket: string) {
  const urls = new Map<string, Promise<string>>()
  const urlOf = (name: string) => {
    const url =
      urls.get(name) ??
      sqs.send(new GetQueueUrlCommand({ QueueName: name })).then((answer) => answer.QueueUrl ?? '')
    urls.set(name, url)
    return url
  }
  const send = async (queue: string, message: object, DelaySeconds: number) => {
    const QueueUrl = await urlOf(queue)
    await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: JSON.stringify(message), DelaySeconds }))
  }
  return {
    event: (fax: StoredFax, delaySeconds: number) =>
      send('faxlane-arrivals', announcement(bucket, fax), delaySeconds),
    delivery: (faxId: string, backend: string, delaySeconds: number) => {
      const request: DispatchRequest = { version: 1, faxId, backend, because: 'lost' }
      return send('faxlane-dispatch', request, delaySeconds)
    },
  }
}
