/** Node's own types know no more of it than the name of a module; TypeScript's are in the library for browsers. */
declare namespace WebAssembly {
  interface Module {
    readonly [Symbol.toStringTag]: string
  }
  type ImportValue = (...values: number[]) => unknown
  type Imports = Record<string, Record<string, ImportValue>>
  interface Instance {
    readonly exports: unknown
  }
  interface Memory {
    readonly buffer: ArrayBuffer
    grow(pages: number): number
  }
  const Module: { imports(module: Module): { module: string; name: string }[] }
  class RuntimeError extends Error {}
  function compile(bytes: Uint8Array): Promise<Module>
  function instantiate(module: Module, imports: Imports): Promise<Instance>
}
