import { sep } from 'node:path'
import { AwsError } from '../aws-error.ts'
import { escapeFileName } from '../files.ts'

const LONGEST_KEY_BYTES = 1024

/**
 * The path that an object has inside the folder of its bucket. The folders of the key are folders; what file systems
 * can't hold is escaped. Keys that would lead out of the folder throw.
 */
export function objectPath(key: string): string {
  if (key === '') throw refused(key, 'is empty')
  if (Buffer.byteLength(key) > LONGEST_KEY_BYTES)
    throw new AwsError(400, 'KeyTooLongError', 'Your key is too long')
  if (key.includes('\0')) throw refused(key, 'holds a NUL character')
  if (key.startsWith('/')) throw refused(key, 'begins with a slash')
  const segments = key.split('/')
  if (segments.some((segment) => segment === '.' || segment === '..'))
    throw refused(key, 'has the folder . or .. in it')
  return segments.map(escapeFileName).join(sep)
}

/** An object whose key is a folder of another one, or would be the same file on this file system. */
export function keyCollision(key: string, other: string): AwsError {
  return refused(key, `can't be a file beside ${other}`)
}

function refused(key: string, why: string): AwsError {
  return new AwsError(
    400,
    'InvalidRequest',
    `The object key ${JSON.stringify(key.slice(0, 200))} ${why}. The local stand-in keeps each object as a file of that name and refuses it.`,
  )
}
