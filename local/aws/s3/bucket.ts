import {
  copyFileSync,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmdirSync,
  rmSync,
  statSync,
} from 'node:fs'
import { readdir } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { escapeFileName, unescapeFileName, writeWhole } from '../files.ts'
import { keyCollision, objectPath } from './object-key.ts'
import { type ObjectRecord, objectRecordSchema } from './object-record.ts'

/** A write that is under way. */
export interface Upload {
  key: string
  /** Another write or a delete of the same key was done since this one began. */
  disturbed: boolean
  end(): void
}

/**
 * The objects of one bucket, as files: one folder holds their bytes under their keys, the other a JSON file for each.
 * An object is there when both are. Changes are synchronous, hence one after another.
 */
export class Bucket {
  readonly name: string
  readonly #folder: string
  readonly #recordsFolder: string
  readonly #uploads = new Set<Upload>()

  constructor(name: string, folders: { bytes: string; records: string }) {
    this.name = name
    this.#folder = folders.bytes
    this.#recordsFolder = folders.records
    for (const folder of Object.values(folders)) mkdirSync(folder, { recursive: true, mode: 0o700 })
  }

  find(key: string): ObjectRecord | undefined {
    const path = this.#pathOf(key)
    const record = this.#readRecord(key)
    return record && statOrUndefined(path)?.isFile() ? record : undefined
  }

  /** The record and an open file of the same version: a write that comes later does not change what is read. */
  open(key: string): { record: ObjectRecord; fileDescriptor: number } | undefined {
    const record = this.find(key)
    return record && { record, fileDescriptor: openSync(this.#pathOf(key), 'r') }
  }

  /** Copies the bytes of an object that {@link find} found. */
  copyTo(key: string, path: string): void {
    copyFileSync(this.#pathOf(key), path)
  }

  beginUpload(key: string): Upload {
    const upload: Upload = { key, disturbed: false, end: () => this.#uploads.delete(upload) }
    this.#uploads.add(upload)
    return upload
  }

  /** Makes the file at `temporaryPath` the object's. */
  replace(record: ObjectRecord, temporaryPath: string): void {
    this.#readRecord(record.key)
    const path = this.#pathOf(record.key)
    makeFolderFor(record.key, path, this.#folder)
    renameSync(temporaryPath, path)
    writeWhole(this.#recordPathOf(record.key), `${JSON.stringify(record, undefined, 2)}\n`)
    this.#disturb(record.key)
  }

  remove(key: string): void {
    if (this.find(key) === undefined) return
    rmSync(this.#recordPathOf(key), { force: true })
    rmSync(this.#pathOf(key), { force: true })
    removeEmptyFolders(dirname(this.#pathOf(key)), this.#folder)
    this.#disturb(key)
  }

  /** All keys, in the order of their UTF-8 bytes. */
  async keys(): Promise<string[]> {
    const files = (await readdir(this.#recordsFolder)).filter((name) => name.endsWith('.json'))
    return files
      .map((file) => this.#keyOf(file))
      .filter((key) => key !== undefined)
      .sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)))
  }

  /** From the name of a record's file, or from the record where the name was cut. */
  #keyOf(file: string): string | undefined {
    return (
      unescapeFileName(file.slice(0, -'.json'.length)) ?? readRecordFile(join(this.#recordsFolder, file))?.key
    )
  }

  /** File systems that ignore case or normalise Unicode give the file of another key. */
  #readRecord(key: string): ObjectRecord | undefined {
    const record = readRecordFile(this.#recordPathOf(key))
    if (record !== undefined && record.key !== key) throw keyCollision(key, record.key)
    return record
  }

  #disturb(key: string): void {
    for (const upload of this.#uploads) if (upload.key === key) upload.disturbed = true
  }

  #pathOf(key: string): string {
    return join(this.#folder, objectPath(key))
  }

  #recordPathOf(key: string): string {
    return join(this.#recordsFolder, `${escapeFileName(key)}.json`)
  }
}

function readRecordFile(path: string): ObjectRecord | undefined {
  if (!existsSync(path)) return undefined
  return objectRecordSchema.parse(JSON.parse(readFileSync(path, 'utf8')))
}

function makeFolderFor(key: string, path: string, bucketFolder: string): void {
  if (statOrUndefined(path)?.isDirectory()) throw keyCollision(key, `the objects under ${key}/`)
  for (let above = dirname(path); above.length > bucketFolder.length; above = dirname(above))
    if (statOrUndefined(above)?.isFile())
      throw keyCollision(key, 'the object that has the name of its folder')
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
}

/** Undefined as well where a folder above is a file: statSync takes that for an error of its own. */
function statOrUndefined(path: string) {
  try {
    return statSync(path, { throwIfNoEntry: false })
  } catch {
    return undefined
  }
}

function removeEmptyFolders(start: string, bucketFolder: string): void {
  for (let folder = start; folder.length > bucketFolder.length; folder = dirname(folder)) {
    try {
      rmdirSync(folder)
    } catch {
      return
    }
  }
}
