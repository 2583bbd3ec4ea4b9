import { join } from 'node:path'
import { AwsError } from '../aws-error.ts'
import type { Place, QueueAttributes, QueueDepth } from '../stand-in.ts'
import { messagesIn } from './message-store.ts'
import { Queue } from './queue.ts'

/** A queue under its name, as the actions meet it. */
export interface NamedQueue {
  name: string
  queue: Queue
}

/** The queues that there are. */
export class Queues {
  /** Queue URLs begin with it; known once the server listens. */
  endpoint = ''
  readonly #place: Place
  readonly #queues = new Map<string, NamedQueue>()

  constructor(place: Place) {
    this.#place = place
  }

  create(name: string, attributes: QueueAttributes): { url: string; arn: string } {
    if (!/^[A-Za-z0-9_-]{1,80}$/.test(name))
      throw new Error(
        `The queue name ${JSON.stringify(name)} is not valid: at most 80 letters, digits, hyphens and underscores.`,
      )
    const existing = this.#queues.get(name)
    if (existing) existing.queue.attributes = attributes
    else this.#queues.set(name, { name, queue: this.#make(name, attributes) })
    return { url: this.urlOf(name), arn: this.arnOf(name) }
  }

  #make(name: string, attributes: QueueAttributes): Queue {
    const { clock, delayDivisor, folder } = this.#place
    return new Queue(
      {
        clock,
        delayDivisor,
        store: messagesIn(join(folder('queues'), `${name}.jsonl`)),
        bury: (message, deadLetterQueueName) =>
          this.named(deadLetterQueueName).queue.take({ ...message, deadLetterSourceArn: this.arnOf(name) }),
      },
      attributes,
    )
  }

  names(): string[] {
    return [...this.#queues.keys()].sort()
  }

  named(name: string): NamedQueue {
    const found = this.#queues.get(name)
    if (found === undefined)
      throw new AwsError(400, 'QueueDoesNotExist', 'The specified queue does not exist.')
    return found
  }

  /** By the last two parts of its URL: the port is another one in each run. */
  at(url: string): NamedQueue {
    const [account, name = ''] = url.split('/').slice(-2)
    return this.named(account === this.#place.accountId ? name : '')
  }

  /** Sends as a service does that was allowed to. */
  deliver(name: string, body: string): void {
    this.named(name).queue.send({ body, attributes: {} })
  }

  byArn(arn: string): NamedQueue {
    const found = [...this.#queues.values()].find(({ name }) => this.arnOf(name) === arn)
    if (found === undefined)
      throw new AwsError(
        400,
        'ResourceNotFoundException',
        "The resource that you specified for the SourceArn parameter doesn't exist.",
      )
    return found
  }

  isDeadLetterQueue(name: string): boolean {
    return [...this.#queues.values()].some(({ queue }) => queue.attributes.deadLetter?.queueName === name)
  }

  arnOf(name: string): string {
    return `arn:aws:sqs:${this.#place.region}:${this.#place.accountId}:${name}`
  }

  urlOf(name: string): string {
    return `${this.endpoint}/${this.#place.accountId}/${name}`
  }

  depths(): Record<string, QueueDepth> {
    return Object.fromEntries([...this.#queues].map(([name, { queue }]) => [name, queue.depth()]))
  }

  /** Ends all waits with nothing. */
  close(): void {
    for (const { queue } of this.#queues.values()) queue.close()
  }
}
