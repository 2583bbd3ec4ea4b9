import { mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { writeWhole } from '../files.ts'
import { type Message, messageSchema } from './message.ts'

/** Where a queue's messages outlast a run. Synchronous: a message that was deleted can't be written again by a slower save. */
export interface MessageStore {
  load(): Message[]
  save(message: Message): void
  remove(id: string): void
}

/** A file for each message. */
export function messagesIn(folder: string): MessageStore {
  const pathOf = (id: string) => join(folder, `${id}.json`)
  return {
    load() {
      mkdirSync(folder, { recursive: true, mode: 0o700 })
      return readdirSync(folder)
        .filter((name) => name.endsWith('.json'))
        .map((name) => readMessage(join(folder, name)))
        .sort((a, b) => (a.sentAt < b.sentAt ? -1 : a.sentAt > b.sentAt ? 1 : 0))
    },
    save: (message) => writeWhole(pathOf(message.id), `${JSON.stringify(message, undefined, 2)}\n`),
    remove: (id) => rmSync(pathOf(id), { force: true }),
  }
}

function readMessage(path: string): Message {
  try {
    return messageSchema.parse(JSON.parse(readFileSync(path, 'utf8')))
  } catch (error) {
    throw new Error(
      `${path} is no message of the local stand-in (${error instanceof Error ? error.message : error}). Mend it, or move it away.`,
    )
  }
}
