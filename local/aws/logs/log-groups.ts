import { appendFileSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { AwsError } from '../aws-error.ts'
import { escapeFileName } from '../files.ts'

interface LogGroup {
  fileName: string
  streams: string[]
}

/** A group is a file, named by the last part of its name; an event is a line. */
export class LogGroups {
  readonly #folder: string
  readonly #groups = new Map<string, LogGroup>()

  constructor(folder: string) {
    this.#folder = folder
  }

  create(name: string, streams: string[]): void {
    const fileName = `${escapeFileName(name.split('/').at(-1) ?? name)}.log`
    for (const [otherName, other] of this.#groups)
      if (otherName !== name && other.fileName.toLowerCase() === fileName.toLowerCase())
        throw new Error(
          `The log groups ${otherName} and ${name} would both be log/${fileName}: their last parts must differ.`,
        )
    this.#groups.set(name, { fileName, streams })
  }

  /** What appends events to a stream's file. */
  writerOf(groupName: string, streamName: string): (messages: string[]) => void {
    const group = this.#groups.get(groupName)
    if (group === undefined)
      throw new AwsError(400, 'ResourceNotFoundException', 'The specified log group does not exist.')
    if (!group.streams.includes(streamName))
      throw new AwsError(400, 'ResourceNotFoundException', 'The specified log stream does not exist.')
    return (messages) => {
      const lines = messages.map((message) => `${oneLine(message)}\n`)
      mkdirSync(this.#folder, { recursive: true, mode: 0o700 })
      appendFileSync(join(this.#folder, group.fileName), lines.join(''), { mode: 0o600 })
    }
  }
}

/** An event with line breaks stays one line of the file: nothing in it can pass for another event. */
function oneLine(message: string): string {
  return message
    .replaceAll('\r', '\\r')
    .replaceAll('\n', '\\n')
    .replaceAll(
      /[\v\f\u0085\u2028\u2029]/g,
      (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
    )
}
