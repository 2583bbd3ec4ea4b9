import { createHash, randomUUID } from 'node:crypto'
import { mkdirSync, renameSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'

/** Whole or not at all, and for its owner alone. Synchronous, so that no other change of the same file comes between. */
export function writeWhole(path: string, content: string | Buffer): void {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
  const temporary = `${path}.${randomUUID()}.tmp`
  writeFileSync(temporary, content, { mode: 0o600 })
  renameSync(temporary, path)
}

/** File systems hold 255 bytes; room is left for an extension. */
const LONGEST_NAME_BYTES = 200

/** Stands for what was cut off. Escaping never gives `%~`. */
const CUT_MARK = '%~'

/**
 * One file name for any text: what a file system on Linux, macOS or Windows can't hold is percent-encoded, and what is
 * too long is cut and told apart by a digest. Undoing it is {@link unescapeFileName}.
 */
export function escapeFileName(text: string): string {
  // A lone mark, since an empty name and the folders `.` and `..` are not names of files.
  const escaped =
    text === ''
      ? '%'
      : text
          .replaceAll(/[%/\\<>:"|?*\p{Cc}]/gu, percentEncode)
          .replace(/^\.+$|[. ]$/, (end) => end.replaceAll(/[. ]/g, percentEncode))
  if (Buffer.byteLength(escaped) <= LONGEST_NAME_BYTES) return escaped
  const digest = createHash('sha256').update(text).digest('hex').slice(0, 32)
  return `${Buffer.from(escaped)
    .subarray(0, LONGEST_NAME_BYTES - 40)
    .toString()
    .replaceAll('\ufffd', '')}${CUT_MARK}${digest}`
}

/** Undefined when the name was cut. */
export function unescapeFileName(name: string): string | undefined {
  if (name.includes(CUT_MARK)) return undefined
  if (name === '%') return ''
  return name.replaceAll(/%([0-9A-F]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
}

/** Of the characters above, all below U+0080 but C1 controls: these are escaped by their code alone, which fits in a byte. */
function percentEncode(character: string): string {
  return `%${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`
}
