import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import * as z from 'zod'
import { AwsError } from '../aws-error.ts'
import { writeWhole } from '../files.ts'
import type { BucketNotification, Place } from '../stand-in.ts'
import { Bucket } from './bucket.ts'
import { configurationId, objectCreatedEvent, risingSequencers, testEvent, wants } from './events.ts'
import { objectPath } from './object-key.ts'
import type { ObjectRecord } from './object-record.ts'

/** Where the events of a bucket go. */
export interface EventQueues {
  names(): string[]
  deliver(queueName: string, body: string): void
}

/** An object that has been made, and by which request. */
export interface Creation {
  bucket: Bucket
  record: ObjectRecord
  operation: 'Put' | 'Copy'
  requestId: string
}

/** The buckets that there are, and who is told of their objects. */
export class Buckets {
  readonly #place: Place
  readonly #queues: EventQueues
  readonly #buckets = new Map<string, Bucket>()
  readonly #folders = new Map<string, string>()
  readonly #notifications = new Map<string, BucketNotification[]>()
  readonly #nextSequencer: () => string

  constructor(place: Place, queues: EventQueues) {
    this.#place = place
    this.#queues = queues
    this.#nextSequencer = risingSequencers(() => place.clock.nowMilliseconds())
  }

  create(name: string, notifications: BucketNotification[]): void {
    if (!/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(name))
      throw new Error(
        `The bucket name ${JSON.stringify(name)} is not valid: 3 to 63 lower-case letters, digits, dots and hyphens.`,
      )
    const missing = notifications.find(({ queueName }) => !this.#queues.names().includes(queueName))
    if (missing)
      throw new Error(
        `The bucket ${name} notifies the queue ${missing.queueName}, which is not there: make it first.`,
      )
    const metadataFolder = join(this.#place.folder('bucket-metadata'), name)
    if (!this.#buckets.has(name)) {
      // A gateway has one bucket, and its files have short paths; another gets its name into them.
      const bytes = this.#place.folder(this.#buckets.size === 0 ? 'bucket' : `bucket-${name}`)
      this.#folders.set(name, bytes)
      this.#buckets.set(name, new Bucket(name, { bytes, records: join(metadataFolder, 'objects') }))
    }
    this.#notifications.set(name, notifications)
    const nowMilliseconds = this.#place.clock.nowMilliseconds()
    for (const { queueName } of newlyConfigured(join(metadataFolder, 'notifications.json'), notifications))
      this.#queues.deliver(queueName, testEvent(name, nowMilliseconds))
  }

  named(name: string): Bucket {
    const bucket = this.#buckets.get(name)
    if (bucket === undefined)
      throw new AwsError(404, 'NoSuchBucket', 'The specified bucket does not exist', { BucketName: name })
    return bucket
  }

  /** The file that an object is or would be. */
  fileOf(bucketName: string, key: string): string {
    const { name } = this.named(bucketName)
    return join(this.#folders.get(name) ?? '', objectPath(key))
  }

  tell({ bucket, record, operation, requestId }: Creation): void {
    const event = {
      bucketName: bucket.name,
      record,
      operation,
      requestId,
      region: this.#place.region,
      accessKeyId: this.#place.accessKeyId,
      sequencer: this.#nextSequencer(),
      nowMilliseconds: this.#place.clock.nowMilliseconds(),
    }
    for (const notification of this.#notifications.get(bucket.name) ?? [])
      if (wants(notification, record.key, operation))
        this.#queues.deliver(notification.queueName, objectCreatedEvent(event, notification))
  }
}

/** Those that were not there yet the last time; the file holds what they are told apart by. */
function newlyConfigured(path: string, notifications: BucketNotification[]): BucketNotification[] {
  const known = existsSync(path) ? z.array(z.string()).parse(JSON.parse(readFileSync(path, 'utf8'))) : []
  writeWhole(path, JSON.stringify(notifications.map(configurationId)))
  return notifications.filter((notification) => !known.includes(configurationId(notification)))
}
