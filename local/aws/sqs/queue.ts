import { randomBytes, randomUUID } from 'node:crypto'
import { AwsError } from '../aws-error.ts'
import type { Clock } from '../clock.ts'
import type { QueueAttributes, QueueDepth } from '../stand-in.ts'
import type { Message } from './message.ts'
import type { MessageStore } from './message-store.ts'

export interface QueueDependencies {
  clock: Clock
  store: MessageStore
  delayDivisor: number
  /** Takes a message that was received too often; called after it is gone from this queue's memory. */
  bury: (message: Message, deadLetterQueueName: string) => void
}

export interface Receive {
  maxMessages: number
  visibilityTimeoutSeconds: number
  waitSeconds: number
  /** Ends the wait with nothing. */
  ended: AbortSignal
}

type NewMessage = Pick<Message, 'body' | 'attributes' | 'groupId'> & { delaySeconds?: number }

interface Waiter {
  serve(messages: Message[]): void
  request: Receive
}

/** A standard queue: at least once, oldest first as far as visibility lets it. */
export class Queue {
  attributes: QueueAttributes
  readonly #dependencies: QueueDependencies
  readonly #messages = new Map<string, Message>()
  readonly #waiters = new Set<Waiter>()
  #cancelWake: () => void = () => {}

  constructor(dependencies: QueueDependencies, attributes: QueueAttributes) {
    this.#dependencies = dependencies
    this.attributes = attributes
    for (const message of dependencies.store.load())
      this.#messages.set(message.id, this.#afterRestart(message))
  }

  /** Whoever held a message ended with the last run; waiting for the timeout would only be a delay. */
  #afterRestart(message: Message): Message {
    return message.receipt === undefined ? message : { ...message, visibleAt: this.#time() }
  }

  send({ delaySeconds = this.attributes.delaySeconds, ...content }: NewMessage): Message {
    const delayMilliseconds = (delaySeconds * 1000) / this.#dependencies.delayDivisor
    const message: Message = {
      id: randomUUID(),
      ...content,
      sentAt: this.#time(),
      visibleAt: this.#time(delayMilliseconds),
      receiveCount: 0,
    }
    this.take(message)
    return message
  }

  /** Puts a message in as it is: a new one, or one that comes from the queue that this is the dead-letter queue of. */
  take(message: Message): void {
    this.#dependencies.store.save(message)
    this.#messages.set(message.id, message)
    this.#serveWaiters()
  }

  /** Waits up to `waitSeconds` for the first message. */
  receive(request: Receive): Promise<Message[]> {
    const messages = this.#receiveNow(request)
    if (messages.length > 0 || request.waitSeconds === 0 || request.ended.aborted)
      return Promise.resolve(messages)
    return new Promise((resolve) => {
      const end = (received: Message[]) => {
        this.#waiters.delete(waiter)
        cancelTimeout()
        request.ended.removeEventListener('abort', onEnded)
        resolve(received)
      }
      const onEnded = () => end([])
      const waiter: Waiter = { request, serve: end }
      this.#waiters.add(waiter)
      const cancelTimeout = this.#dependencies.clock.after(request.waitSeconds * 1000, onEnded)
      request.ended.addEventListener('abort', onEnded)
      this.#wakeLater()
    })
  }

  #receiveNow({ maxMessages, visibilityTimeoutSeconds }: Receive): Message[] {
    const received: Message[] = []
    const now = this.#time()
    this.#dropExpired()
    for (const message of this.#messages.values()) {
      if (received.length === maxMessages) break
      if (message.visibleAt > now || this.#buryIfReceivedTooOften(message)) continue
      const next: Message = {
        ...message,
        receiveCount: message.receiveCount + 1,
        firstReceivedAt: message.firstReceivedAt ?? now,
        receipt: randomBytes(12).toString('hex'),
        visibleAt: this.#time(visibilityTimeoutSeconds * 1000),
      }
      this.#keep(next)
      received.push(next)
    }
    return received
  }

  #buryIfReceivedTooOften(message: Message): boolean {
    const { deadLetter } = this.attributes
    if (deadLetter === undefined || message.receiveCount < deadLetter.maxReceiveCount) return false
    // The other queue's file is there before this one's goes: a crash between the two leaves the message twice, never not at all.
    const { receipt: _, ...unreceived } = message
    this.#dependencies.bury(unreceived, deadLetter.queueName)
    this.#messages.delete(message.id)
    this.#dependencies.store.remove(message.id)
    return true
  }

  /** With a handle of an earlier receive than the last, SQS answers with success and deletes nothing. */
  remove(id: string, receipt: string): void {
    if (this.#messages.get(id)?.receipt !== receipt) return
    this.#messages.delete(id)
    this.#dependencies.store.remove(id)
  }

  /** Hands over everything that nobody holds, one by one; each is gone from here once it has been taken. */
  moveTo(take: (message: Message) => void): number {
    const now = this.#time()
    const movable = [...this.#messages.values()].filter(({ visibleAt }) => visibleAt <= now)
    for (const message of movable) {
      take(message)
      this.#messages.delete(message.id)
      this.#dependencies.store.remove(message.id)
    }
    return movable.length
  }

  changeVisibility(id: string, receipt: string, timeoutSeconds: number): void {
    const message = this.#messages.get(id)
    if (message === undefined || message.receipt !== receipt)
      throw new AwsError(
        400,
        'InvalidParameterValue',
        'Value for parameter ReceiptHandle is invalid. Reason: Message does not exist or is not available for visibility timeout change.',
      )
    if (message.visibleAt <= this.#time())
      throw new AwsError(400, 'MessageNotInflight', 'The message referred to is not in flight.')
    this.#keep({ ...message, visibleAt: this.#time(timeoutSeconds * 1000) })
    this.#serveWaiters()
  }

  depth(): QueueDepth {
    this.#dropExpired()
    const depth = { visible: 0, inFlight: 0, delayed: 0 }
    const now = this.#time()
    for (const { visibleAt, receipt } of this.#messages.values()) {
      if (visibleAt <= now) depth.visible++
      else if (receipt === undefined) depth.delayed++
      else depth.inFlight++
    }
    return depth
  }

  /** Ends all waits with nothing. */
  close(): void {
    this.#cancelWake()
    for (const waiter of this.#waiters) waiter.serve([])
    this.#dependencies.store.close()
  }

  #keep(message: Message): void {
    this.#dependencies.store.save(message)
    this.#messages.set(message.id, message)
  }

  #dropExpired(): void {
    const oldest = this.#time(-this.attributes.messageRetentionSeconds * 1000)
    for (const { id, sentAt } of this.#messages.values()) {
      if (sentAt > oldest) continue
      this.#messages.delete(id)
      this.#dependencies.store.remove(id)
    }
  }

  #serveWaiters(): void {
    for (const waiter of this.#waiters) {
      const messages = this.#receiveNow(waiter.request)
      if (messages.length === 0) break
      waiter.serve(messages)
    }
    this.#wakeLater()
  }

  /** When the next hidden message becomes visible, if anybody waits for one. */
  #wakeLater(): void {
    this.#cancelWake()
    if (this.#waiters.size === 0) return
    const [first] = [...this.#messages.values()].map(({ visibleAt }) => visibleAt).sort()
    if (first === undefined) return
    this.#cancelWake = this.#dependencies.clock.after(
      Date.parse(first) - this.#dependencies.clock.nowMilliseconds(),
      () => this.#serveWaiters(),
    )
  }

  #time(laterMilliseconds = 0): string {
    return new Date(this.#dependencies.clock.nowMilliseconds() + laterMilliseconds).toISOString()
  }
}
