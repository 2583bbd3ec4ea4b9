import { createHash } from 'node:crypto'
import { readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { AwsError } from '../aws-error.ts'
import { escapeFileName, writeWhole } from '../files.ts'
import type { Place } from '../stand-in.ts'

const LARGEST_VALUE_BYTES = 65_536

export interface SecretVersion {
  versionId: string
  /** Since the epoch, as the protocol has it. */
  changedSeconds: number
}

/** Secrets with one version, the current one. Each value is a file of secrets/, which may be edited by hand. */
export class Secrets {
  readonly #place: Place
  readonly #names = new Set<string>()

  constructor(place: Place) {
    this.#place = place
  }

  create(name: string): { arn: string } {
    if (!/^[A-Za-z0-9/_+=.@-]{1,512}$/.test(name))
      throw new Error(
        `The secret name ${JSON.stringify(name)} is not valid: letters, digits and /_+=.@- only, at most 512.`,
      )
    this.#names.add(name)
    return { arn: this.arnOf(name) }
  }

  /** The name of a secret given by name, ARN, or ARN without the six random characters. */
  resolve(secretId: string): string {
    for (const name of this.#names)
      if ([name, this.arnOf(name), this.arnOf(name).slice(0, -'-123456'.length)].includes(secretId))
        return name
    throw new AwsError(400, 'ResourceNotFoundException', "Secrets Manager can't find the specified secret.")
  }

  arnOf(name: string): string {
    // AWS's suffix is random; from a digest it is the same in each run.
    const suffix = createHash('sha256').update(name).digest('hex').slice(0, 6)
    return `arn:aws:secretsmanager:${this.#place.region}:${this.#place.accountId}:secret:${name}-${suffix}`
  }

  put(secretId: string, value: string): void {
    const name = this.resolve(secretId)
    const sizeBytes = Buffer.byteLength(value)
    if (sizeBytes === 0 || sizeBytes > LARGEST_VALUE_BYTES)
      throw new AwsError(
        400,
        'InvalidParameterException',
        `The value of a secret must be 1 to ${LARGEST_VALUE_BYTES} bytes long, not ${sizeBytes}.`,
      )
    // Ends in a line break, as an editor or echo leaves it: one is not of the value.
    writeWhole(this.#pathOf(name), `${value}\n`)
  }

  read(name: string): string {
    return readFileSync(this.#pathOf(name), 'utf8').replace(/\r?\n$/, '')
  }

  /** Undefined while no value has been put. */
  version(name: string): SecretVersion | undefined {
    const changed = statSync(this.#pathOf(name), { throwIfNoEntry: false })?.mtime.getTime()
    if (changed === undefined) return undefined
    const digest = createHash('sha256').update(`${name} ${changed}`).digest('hex')
    const versionId = digest.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12}).*$/, '$1-$2-$3-$4-$5')
    return { versionId, changedSeconds: changed / 1000 }
  }

  #pathOf(name: string): string {
    return join(this.#place.folder('secrets'), escapeFileName(name))
  }
}
