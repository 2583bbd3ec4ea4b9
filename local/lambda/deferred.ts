export interface Deferred<Value> {
  promise: Promise<Value>
  resolve: (value: Value) => void
}

/** A promise that is settled from outside. (Promise.withResolvers comes with Node 22.) */
export function deferred<Value>(): Deferred<Value> {
  let settle: ((value: Value) => void) | undefined
  const promise = new Promise<Value>((resolve) => {
    settle = resolve
  })
  return { promise, resolve: (value) => settle?.(value) }
}
