import { existsSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { Exports, Pointer } from './exports.ts'
import { PdfiumAborted, PdfiumSystem } from './system.ts'

export { PdfiumAborted }

/** In a bundle it lies beside the code; in a checkout it is in its package. */
const BESIDE_BUNDLE = new URL('pdfium.wasm', import.meta.url)

let compiled: Promise<WebAssembly.Module> | undefined

/** Once a process: the code is the same for all documents, and only memory is each one's own. */
function compileModule(): Promise<WebAssembly.Module> {
  compiled ??= WebAssembly.compile(readFileSync(wasmFile()))
  return compiled
}

function wasmFile(): string | URL {
  if (existsSync(BESIDE_BUNDLE)) return BESIDE_BUNDLE
  return createRequire(import.meta.url).resolve('@embedpdf/pdfium/pdfium.wasm')
}

/** PDFium with a memory of its own: nothing of one sender's document is left for the next. */
export interface Pdfium {
  calls: Exports
  system: PdfiumSystem
}

export async function startPdfium(largestMemoryBytes: number): Promise<Pdfium> {
  const module = await compileModule()
  const system = new PdfiumSystem(largestMemoryBytes)
  const { exports } = await WebAssembly.instantiate(module, system.importsFor(module))
  const calls = exports as unknown as Exports
  system.connect(calls)
  calls.emscripten_stack_init()
  calls.__wasm_call_ctors()
  calls.FPDF_InitLibraryWithConfig(0)
  return { calls, system }
}

/** Copies bytes into PDFium's memory; whoever asked frees them. 0 where there is no room. */
export function place({ calls }: Pdfium, bytes: Uint8Array): Pointer {
  const pointer = calls.malloc(bytes.length)
  if (pointer !== 0) new Uint8Array(calls.memory.buffer).set(bytes, pointer)
  return pointer
}
