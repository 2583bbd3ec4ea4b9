import { closeSync, existsSync, openSync, readFileSync, readSync } from 'node:fs'
import { dirname, join } from 'node:path'

/** A Node that goes into the package, for systems whose own is too old. */
export interface OwnNode {
  file: string
  /** As Debian calls the machine that it runs on. */
  architecture: string
  licence: string
}

/** e_machine of the ELF header (System V ABI), and Debian's names. */
const ARCHITECTURES: Readonly<Record<number, string>> = { 62: 'amd64', 183: 'arm64' }
const ELF_MAGIC = '\u007fELF'
const MACHINE_OFFSET = 18

export class UnfitNode extends Error {}

/** Throws {@link UnfitNode} where the file is no program for Linux on amd64 or arm64, or its licence is missing. */
export function readOwnNode(file: string): OwnNode {
  const architecture = architectureOf(file)
  if (architecture === undefined) {
    throw new UnfitNode(
      `--node ${file}: no program for Linux on amd64 or arm64. It is bin/node of what nodejs.org has for the PBX's machine.`,
    )
  }
  const licence = join(dirname(file), '..', 'LICENSE')
  if (!existsSync(licence)) {
    throw new UnfitNode(
      `--node ${file}: Node's licence has to go along, and ${licence} is not there. Unpack nodejs.org's archive whole.`,
    )
  }
  return { file, architecture, licence: readFileSync(licence, 'utf8') }
}

function architectureOf(file: string): string | undefined {
  if (!existsSync(file)) throw new UnfitNode(`--node ${file}: there is no such file.`)
  const header = Buffer.alloc(MACHINE_OFFSET + 2)
  const descriptor = openSync(file, 'r')
  try {
    if (readSync(descriptor, header) < header.length) return undefined
  } finally {
    closeSync(descriptor)
  }
  if (header.toString('latin1', 0, ELF_MAGIC.length) !== ELF_MAGIC) return undefined
  return ARCHITECTURES[header.readUInt16LE(MACHINE_OFFSET)]
}
