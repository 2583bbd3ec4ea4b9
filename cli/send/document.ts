import { visible } from '../../shared/visible.ts'
import { readInput } from '../files.ts'
import { CommandFailed } from '../subcommand.ts'

/** Readers look for it within so many bytes (PDF 1.7, annex H, note 13). */
const HEADER_WITHIN_BYTES = 1024

/** The files as one PDF. One alone goes as it is: what is wrong within it, the gateway says. Throws CommandFailed. */
export async function readDocument(files: readonly string[]): Promise<Uint8Array> {
  const read = []
  for (const file of files) read.push({ file, bytes: await readInput(file) })
  const empty = read.find(({ bytes }) => bytes.length === 0)
  if (empty !== undefined) throw new CommandFailed(`${visible(empty.file)} is empty.`)
  const other = read.find(({ bytes }) => !isPdf(bytes))
  if (other !== undefined)
    throw new CommandFailed(`${visible(other.file)} is no PDF: it has no %PDF- at its beginning.`)
  const [only] = read
  return read.length === 1 && only !== undefined ? only.bytes : join(read)
}

function isPdf(bytes: Uint8Array): boolean {
  return Buffer.from(bytes.subarray(0, HEADER_WITHIN_BYTES)).includes('%PDF-')
}

async function join(parts: readonly { file: string; bytes: Uint8Array }[]): Promise<Uint8Array> {
  // Loaded when there is something to join: it takes longer than all the rest.
  const { PDFDocument } = await import('pdf-lib')
  const whole = await PDFDocument.create()
  for (const { file, bytes } of parts) {
    try {
      const part = await PDFDocument.load(bytes)
      for (const page of await whole.copyPages(part, part.getPageIndices())) whole.addPage(page)
    } catch (error) {
      const reason = error instanceof Error ? error.message.split('\n')[0] : String(error)
      throw new CommandFailed(
        `${visible(file)} can't be put together with the others: ${visible(reason ?? '')}`,
      )
    }
  }
  return whole.save()
}
