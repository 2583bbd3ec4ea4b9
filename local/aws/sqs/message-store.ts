import { closeSync, existsSync, openSync, readFileSync, writeSync } from 'node:fs'
import * as z from 'zod'
import { writeWhole } from '../files.ts'
import { type Message, messageSchema } from './message.ts'

/** Where a queue's messages outlast a run. Synchronous: whoever was told that a message is there finds it after any crash. */
export interface MessageStore {
  /** Oldest first. */
  load(): Message[]
  save(message: Message): void
  remove(id: string): void
  close(): void
}

/** A message as it is now, or that it is gone. */
const lineSchema = z.union([z.object({ gone: z.uuid() }), messageSchema])

/** A file is written anew when it has so many lines more than twice its messages. */
const SPARE_LINES = 1000

/**
 * A file of JSON lines, which is only ever appended to: most messages live for milliseconds, and a file for each took most of the time that a
 * fax takes here.
 */
export function messagesIn(path: string): MessageStore {
  const lines = new Map<string, string>()
  let linesInFile = 0
  let fileDescriptor: number | undefined

  function close(): void {
    if (fileDescriptor !== undefined) closeSync(fileDescriptor)
    fileDescriptor = undefined
  }

  function rewrite(): number {
    close()
    writeWhole(path, [...lines.values()].join(''))
    linesInFile = lines.size
    fileDescriptor = openSync(path, 'a')
    return fileDescriptor
  }

  function append(line: string): void {
    const isSparse = linesInFile > 2 * lines.size + SPARE_LINES
    const file = fileDescriptor === undefined || isSparse ? rewrite() : fileDescriptor
    try {
      writeWholeLine(file, line)
      linesInFile += 1
    } catch (error) {
      // There may be half a line now, which the next one must not be glued to: the file is written anew before it.
      close()
      throw error
    }
  }

  return {
    load() {
      const messages = readMessages(path)
      for (const message of messages) lines.set(message.id, lineOf(message))
      rewrite()
      return messages.sort((a, b) => (a.sentAt < b.sentAt ? -1 : a.sentAt > b.sentAt ? 1 : 0))
    },
    save(message) {
      const line = lineOf(message)
      append(line)
      lines.set(message.id, line)
    },
    remove(id) {
      append(lineOf({ gone: id }))
      lines.delete(id)
    },
    close,
  }
}

const lineOf = (entry: object) => `${JSON.stringify(entry)}\n`

function writeWholeLine(file: number, line: string): void {
  const bytes = Buffer.from(line)
  for (let written = 0; written < bytes.length; ) written += writeSync(file, bytes, written)
}

function readMessages(path: string): Message[] {
  if (!existsSync(path)) return []
  const messages = new Map<string, Message>()
  const lines = readFileSync(path, 'utf8').split('\n')
  // The last one is empty, or was being written when the run ended: nobody had been told of it.
  for (const [index, line] of lines.slice(0, -1).entries()) {
    const entry = readLine(line, `${path}, line ${index + 1}`)
    if ('gone' in entry) messages.delete(entry.gone)
    else messages.set(entry.id, entry)
  }
  return [...messages.values()]
}

function readLine(line: string, where: string): z.infer<typeof lineSchema> {
  try {
    return lineSchema.parse(JSON.parse(line))
  } catch (error) {
    throw new Error(
      `${where} is no message of the local stand-in (${error instanceof Error ? error.message : error}). Mend it, or take the line out.`,
    )
  }
}
