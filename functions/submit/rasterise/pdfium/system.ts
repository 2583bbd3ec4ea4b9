import type { Exports } from './exports.ts'

/** WASI's and Linux's numbers for "no such file", which is what every question about a file gets. */
const WASI_NO_ENTRY = 44
const LINUX_NO_ENTRY = -44
const PAGE_BYTES = 65_536

/** What setjmp waits for: libjpeg and libpng leave a broken image this way. */
const LONG_JUMP = Symbol('longjmp')

/** PDFium gave up: out of memory, or its own check failed. The instance can't be used again. */
export class PdfiumAborted extends Error {}

/**
 * All that PDFium is given of the world: memory up to a limit. There is no file, no network, no clock and no environment behind these
 * functions, so whatever a PDF may ask for (a file's name, a server's) there is nobody to ask.
 */
export class PdfiumSystem {
  /** PDFium asked for more memory than it may have, and was told no: what it draws from then on may lack an image. */
  memoryRefused = false
  #exports: Exports | undefined
  readonly #largestMemoryBytes: number

  constructor(largestMemoryBytes: number) {
    this.#largestMemoryBytes = largestMemoryBytes
  }

  connect(exports: Exports): void {
    this.#exports = exports
  }

  /** A function for each import of the module; one that is not known here fails the start, and not a page in the middle. */
  importsFor(module: WebAssembly.Module): WebAssembly.Imports {
    const imports: Record<string, Record<string, WebAssembly.ImportValue>> = {}
    for (const { module: from, name } of WebAssembly.Module.imports(module)) {
      imports[from] ??= {}
      imports[from][name] = this.#importNamed(name)
    }
    return imports
  }

  #importNamed(name: string): WebAssembly.ImportValue {
    if (name.startsWith('invoke_')) return this.#invoke
    if (name.startsWith('__syscall_')) return () => LINUX_NO_ENTRY
    const known = this.#functions[name]
    if (known === undefined) throw new Error(`this build of PDFium wants ${name}, which nobody wrote`)
    return known
  }

  readonly #functions: Readonly<Record<string, WebAssembly.ImportValue>> = {
    emscripten_resize_heap: (bytes: number) => this.#resizeHeap(bytes >>> 0),
    _emscripten_memcpy_js: (to: number, from: number, bytes: number) => this.#copy(to, from, bytes),
    _emscripten_throw_longjmp: () => {
      throw LONG_JUMP
    },
    _abort_js: () => {
      throw new PdfiumAborted('PDFium gave up')
    },
    __assert_fail: () => {
      throw new PdfiumAborted('a check of PDFium failed')
    },
    // Rendering is the same at any time and in any zone.
    emscripten_date_now: () => 0,
    _tzset_js: () => undefined,
    _localtime_js: () => undefined,
    _gmtime_js: () => undefined,
    environ_sizes_get: (count: number, size: number) => this.#noEnvironment(count, size),
    environ_get: () => 0,
    // What it prints goes nowhere, and is said to be printed: an error would make it try again.
    fd_write: (_file: number, vectors: number, count: number, written: number) =>
      this.#swallow(vectors, count, written),
    fd_read: () => WASI_NO_ENTRY,
    fd_seek: () => WASI_NO_ENTRY,
    fd_sync: () => WASI_NO_ENTRY,
    fd_close: () => WASI_NO_ENTRY,
  }

  readonly #invoke = (index: number, ...values: number[]): unknown => {
    const exports = this.#started()
    const stack = exports.emscripten_stack_get_current()
    try {
      return exports.__indirect_function_table.get(index)(...values)
    } catch (error) {
      if (error !== LONG_JUMP) throw error
      exports._emscripten_stack_restore(stack)
      exports.setThrew(1, 0)
      return 0
    }
  }

  #resizeHeap(bytes: number): 0 | 1 {
    const { memory } = this.#started()
    if (bytes > this.#largestMemoryBytes) {
      this.memoryRefused = true
      return 0
    }
    // A quarter more than asked for, so that the next small wish is met already.
    const generous = Math.min(Math.max(bytes, memory.buffer.byteLength * 1.25), this.#largestMemoryBytes)
    memory.grow(Math.ceil((generous - memory.buffer.byteLength) / PAGE_BYTES))
    return 1
  }

  #copy(to: number, from: number, bytes: number): void {
    new Uint8Array(this.#started().memory.buffer).copyWithin(to, from, from + bytes)
  }

  #noEnvironment(count: number, size: number): 0 {
    const view = this.#view()
    view.setUint32(count, 0, true)
    view.setUint32(size, 0, true)
    return 0
  }

  #swallow(vectors: number, count: number, written: number): 0 {
    const view = this.#view()
    let bytes = 0
    for (let index = 0; index < count; index++) bytes += view.getUint32(vectors + index * 8 + 4, true)
    view.setUint32(written, bytes, true)
    return 0
  }

  #view(): DataView {
    return new DataView(this.#started().memory.buffer)
  }

  #started(): Exports {
    if (this.#exports === undefined) throw new Error('PDFium has not been started')
    return this.#exports
  }
}
