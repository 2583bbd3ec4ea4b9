import { describe, expect, it } from 'vitest'
import { TimeLimitError, withTimeLimit } from './time-limit.ts'

describe('withTimeLimit', () => {
  it('gives what came in time, be it a failure', async () => {
    expect(await withTimeLimit({ what: 'x', milliseconds: 1000 }, async () => 7)).toBe(7)
    const failing = withTimeLimit({ what: 'x', milliseconds: 1000 }, () =>
      Promise.reject(new RangeError('no')),
    )
    await expect(failing).rejects.toThrow(RangeError)
  })

  it('goes on without what hangs', async () => {
    const hanging = withTimeLimit(
      { what: 'getting credentials', milliseconds: 5 },
      () => new Promise(() => {}),
    )
    await expect(hanging).rejects.toThrow(TimeLimitError)
    await expect(hanging).rejects.toThrow('getting credentials took longer than 0.005 s')
  })
})
