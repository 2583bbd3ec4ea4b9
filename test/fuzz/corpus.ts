import { appendFileSync, existsSync, mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { TargetName } from './targets.ts'

const FOLDER = fileURLToPath(new URL('corpus', import.meta.url))

/** A line for each input, in Base64. */
const fileOf = (target: TargetName): string => join(FOLDER, `${target}.txt`)

/** The inputs of a parser that each reach something in it that those before them do not. */
export function readCorpus(target: TargetName): Uint8Array[] {
  if (!existsSync(fileOf(target))) return []
  const lines = readFileSync(fileOf(target), 'latin1').split('\n')
  return lines.slice(0, -1).map((line) => new Uint8Array(Buffer.from(line, 'base64')))
}

export function addToCorpus(target: TargetName, input: Uint8Array): void {
  mkdirSync(FOLDER, { recursive: true })
  appendFileSync(fileOf(target), `${Buffer.from(input).toString('base64')}\n`)
}
