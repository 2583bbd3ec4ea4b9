import { randomUUID } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { mkdir, open, realpath, rename, rm, stat, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { visible } from '../shared/visible.ts'
import { FileProblem, fileProblem } from './file-problem.ts'

/** A night's faxes in one file are a hundredth of it. */
export const LARGEST_INPUT_BYTES = 512 * 1024 * 1024

/** `-` is the standard input. Throws {@link FileProblem}. */
export async function readInput(input: string, largestBytes = LARGEST_INPUT_BYTES): Promise<Uint8Array> {
  const name = input === '-' ? 'the standard input' : input
  try {
    const size = input === '-' ? 0 : (await stat(input)).size
    if (size > largestBytes) throw tooLarge(name, largestBytes)
    return await readAll(input === '-' ? process.stdin : createReadStream(input), { name, largestBytes })
  } catch (error) {
    throw fileProblem(error, 'read', name)
  }
}

/** Pipes and devices have no size to look at first. */
async function readAll(
  stream: AsyncIterable<Buffer>,
  { name, largestBytes }: { name: string; largestBytes: number },
): Promise<Uint8Array> {
  const chunks: Buffer[] = []
  let sizeBytes = 0
  for await (const chunk of stream) {
    sizeBytes += chunk.length
    if (sizeBytes > largestBytes) throw tooLarge(name, largestBytes)
    chunks.push(chunk)
  }
  return chunks.length === 1 && chunks[0] !== undefined ? chunks[0] : Buffer.concat(chunks)
}

function tooLarge(name: string, largestBytes: number): FileProblem {
  return new FileProblem(`${visible(name)} has more than ${largestBytes} bytes, which is the limit`)
}

/** Makes a folder, and those above it. Throws {@link FileProblem}. */
export async function makeFolder(folder: string): Promise<void> {
  try {
    await mkdir(folder, { recursive: true })
  } catch (error) {
    throw fileProblem(error, 'make the folder', folder)
  }
}

/** `-` is the standard output. A file appears whole or not at all. Throws {@link FileProblem}. */
export async function writeOutput(output: string, bytes: Uint8Array): Promise<void> {
  try {
    if (output === '-') await writeToStandardOutput(bytes)
    else if (await isSpecial(output)) await writeFile(output, bytes)
    else await replace(await followed(output), bytes)
  } catch (error) {
    throw fileProblem(error, 'write', output === '-' ? 'the standard output' : output)
  }
}

function writeToStandardOutput(bytes: Uint8Array): Promise<void> {
  return new Promise((resolve, reject) => {
    process.stdout.write(bytes, (error) => (error ? reject(error) : resolve()))
  })
}

/** Renaming onto /dev/null would put a file in its place. */
async function isSpecial(output: string): Promise<boolean> {
  const found = await stat(output).catch(() => undefined)
  if (found?.isDirectory()) throw Object.assign(new Error(), { code: 'EISDIR' })
  return found !== undefined && !found.isFile()
}

/** A link stays a link, as when `cp` writes to it. */
async function followed(output: string): Promise<string> {
  return realpath(output).catch(() => output)
}

async function replace(output: string, bytes: Uint8Array): Promise<void> {
  const temporary = join(dirname(output), `.faxlane-${randomUUID()}.tmp`)
  try {
    const handle = await open(temporary, 'wx')
    try {
      await handle.writeFile(bytes)
    } finally {
      await handle.close()
    }
    await rename(temporary, output)
  } catch (error) {
    await rm(temporary, { force: true })
    throw error
  }
}

/** Names the device and the number of the file behind a path, the same for links to it; undefined when nothing is there. */
export async function identityOf(path: string): Promise<string | undefined> {
  const found = await stat(path, { bigint: true }).catch(() => undefined)
  return found?.isFile() ? `${found.dev}:${found.ino}` : undefined
}
