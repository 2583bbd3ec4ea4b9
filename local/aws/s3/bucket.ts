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
 * The objects of one bucket, as files: `folder` holds their bytes under their keys, `recordsFolder` a JSON file for each.
 * An object is there when both are. Changes are synchronous, hence one after another.
 */
export interface Bucket {
  name: string
  find(key: string): ObjectRecord | undefined
  /** The record and an open file of the same version: a write that comes later does not change what is read. */
  open(key: string): { record: ObjectRecord; fileDescriptor: number } | undefined
  /** Copies the bytes of an object that {@link find} found. */
  copyTo(key: string, path: string): void
  beginUpload(key: string): Upload
  /** Makes the file at `temporaryPath` the object's. */
  replace(record: ObjectRecord, temporaryPath: string): void
  remove(key: string): void
  /** All keys, in the order of their UTF-8 bytes. */
  keys(): Promise<string[]>
}

export function openBucket(name: string, folder: string, recordsFolder: string): Bucket {
  for (const each of [folder, recordsFolder]) mkdirSync(each, { recursive: true, mode: 0o700 })
  const uploads = new Set<Upload>()
  const pathOf = (key: string) => join(folder, objectPath(key))
  const recordPathOf = (key: string) => join(recordsFolder, `${escapeFileName(key)}.json`)

  /** File systems that ignore case or normalise Unicode give the file of another key. */
  const readRecord = (key: string) => {
    const record = readRecordFile(recordPathOf(key))
    if (record !== undefined && record.key !== key) throw keyCollision(key, record.key)
    return record
  }
  const find = (key: string) => {
    const path = pathOf(key)
    const record = readRecord(key)
    return record && statOrUndefined(path)?.isFile() ? record : undefined
  }
  const disturb = (key: string) => {
    for (const upload of uploads) if (upload.key === key) upload.disturbed = true
  }

  return {
    name,
    find,
    open(key) {
      const record = find(key)
      return record && { record, fileDescriptor: openSync(pathOf(key), 'r') }
    },
    copyTo: (key, path) => copyFileSync(pathOf(key), path),
    beginUpload(key) {
      pathOf(key)
      const upload: Upload = { key, disturbed: false, end: () => uploads.delete(upload) }
      uploads.add(upload)
      return upload
    },
    replace(record, temporaryPath) {
      readRecord(record.key)
      const path = pathOf(record.key)
      makeFolderFor(record.key, path, folder)
      renameSync(temporaryPath, path)
      writeWhole(recordPathOf(record.key), `${JSON.stringify(record, undefined, 2)}\n`)
      disturb(record.key)
    },
    remove(key) {
      if (find(key) === undefined) return
      rmSync(recordPathOf(key), { force: true })
      rmSync(pathOf(key), { force: true })
      removeEmptyFolders(dirname(pathOf(key)), folder)
      disturb(key)
    },
    async keys() {
      const names = (await readdir(recordsFolder))
        .filter((name) => name.endsWith('.json'))
        .map((name) => name.slice(0, -'.json'.length))
      const keys = names.map(
        (each) => unescapeFileName(each) ?? readRecordFile(join(recordsFolder, `${each}.json`))?.key,
      )
      return keys
        .filter((key) => key !== undefined)
        .sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)))
    },
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
