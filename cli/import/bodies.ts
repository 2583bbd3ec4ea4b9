import { basename, extname } from 'node:path'
import { ofKind } from './backends.ts'
import { optionLine, setOption } from './conf-lines.ts'
import { remark, type Work } from './work.ts'

/** A file that goes beside the new table. */
export interface CarriedFile {
  name: string
  bytes: Uint8Array
}

/** The bodies of mails come along, into the folder of the new table, in UTF-8. One that can't be read is left to the admin. */
export function carryBodies(work: Work, readFile: (path: string) => Uint8Array | undefined): CarriedFile[] {
  const carried = new Map<string, CarriedFile>()
  for (const section of ofKind(work, 'mail')) {
    const line = optionLine(section, 'content_file')
    const path = line?.option?.value
    if (line === undefined || path === undefined) continue
    // The file of a XiVO is often looked at on another machine, with the body beside it.
    const bytes = readFile(path) ?? readFile(basename(path))
    if (bytes === undefined) continue
    const file = carried.get(path) ?? { name: freeName(basename(path), carried), bytes: asUtf8(bytes).bytes }
    carried.set(path, file)
    if (file.name === path) continue
    setOption(section, line, file.name)
    const recoded = asUtf8(bytes).recoded ? ', in UTF-8' : ''
    remark(work, 'changed', `The body ${path} comes along as ${file.name}${recoded}.`, {
      section,
      line: line.number,
    })
  }
  return [...carried.values()]
}

function freeName(wanted: string, carried: ReadonlyMap<string, CarriedFile>): string {
  const taken = new Set([...carried.values()].map(({ name }) => name))
  const ending = extname(wanted)
  let name = wanted
  for (let count = 2; taken.has(name); count++) name = `${basename(wanted, ending)}-${count}${ending}`
  return name
}

/** Python 2 took any bytes; what is no UTF-8 is what Windows and old Linux systems wrote in Western Europe. */
export function asUtf8(bytes: Uint8Array): { bytes: Uint8Array; text: string; recoded: boolean } {
  try {
    return { bytes, text: new TextDecoder('utf-8', { fatal: true }).decode(bytes), recoded: false }
  } catch {
    const text = decodeWindows1252(bytes)
    return { bytes: new TextEncoder().encode(text), text, recoded: true }
  }
}

/** 0x80 to 0x9f; the rest is Latin-1. By hand, since some versions of Node decode all of it as Latin-1. */
const WINDOWS_1252_HIGH = '€\u0081‚ƒ„…†‡ˆ‰Š‹Œ\u008dŽ\u008f\u0090‘’“”•–—˜™š›œ\u009džŸ'

function decodeWindows1252(bytes: Uint8Array): string {
  return Buffer.from(bytes)
    .toString('latin1')
    .replaceAll(/[\u0080-\u009f]/g, (character) => WINDOWS_1252_HIGH[character.charCodeAt(0) - 0x80] ?? '')
}
