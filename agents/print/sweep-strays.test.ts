import { expect, it } from 'vitest'
import { realWaiting } from '../waiting.ts'
import type { SpooledJob } from './printer.ts'
import { sweepOnce } from './sweep-strays.ts'

const job = (id: number): SpooledJob => ({ id, receipt: `office-${id}`, token: `a.${id}` })

function site(unfinished: () => Promise<SpooledJob[]>, open: string[]) {
  const canceled: number[] = []
  const cancel = async ({ id }: SpooledJob) => void canceled.push(id)
  const journal = { openTokens: () => new Set(open) }
  return {
    canceled,
    sweep: { printer: { unfinished, cancel }, journal, waiting: realWaiting, log: () => {} },
  }
}

it('cancels what is in no journal, and not before it is found a second time', async () => {
  const { canceled, sweep } = site(async () => [job(1), job(2)], ['a.1'])
  const suspects = await sweepOnce(sweep, new Set())
  expect(canceled).toEqual([])
  expect(suspects).toEqual(new Set(['a.2']))
  await sweepOnce(sweep, suspects)
  expect(canceled).toEqual([2])
})

it('leaves a job alone that was written down since', async () => {
  const open = ['a.1']
  const { canceled, sweep } = site(async () => [job(1), job(2)], open)
  const suspects = await sweepOnce(sweep, new Set())
  open.push('a.2')
  expect(await sweepOnce(sweep, suspects)).toEqual(new Set())
  expect(canceled).toEqual([])
})

it('keeps its suspects over a CUPS that does not answer', async () => {
  const { sweep } = site(() => Promise.reject(new Error('ECONNREFUSED')), [])
  expect(await sweepOnce(sweep, new Set(['a.2']))).toEqual(new Set(['a.2']))
})
