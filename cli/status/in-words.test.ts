import { expect, it } from 'vitest'
import type { Concern } from '../../shared/ledger/concerns.ts'
import { MOST_OF_A_KIND } from './for-a-person.ts'
import { concernsInWords } from './in-words.ts'

const NOTHING = { forAPerson: [], deadLetters: [], sites: [] }
const since = '2026-11-25T09:00:00.000Z'
const failed = (fax: string, backend = 'mail'): Concern => ({
  of: 'reception',
  concern: 'failed',
  fax,
  backend,
  since,
})

it('nothing calls for anybody', () => {
  expect(concernsInWords(NOTHING)).toEqual([])
})

it('counts faxes and not deliveries, as the list does', () => {
  const forAPerson = [failed('a'), failed('a', 'ftp'), failed('b')]
  expect(concernsInWords({ ...NOTHING, forAPerson })).toEqual([
    '2 faxes were not delivered: faxlane list --state failed',
  ])
  expect(concernsInWords({ ...NOTHING, forAPerson: [failed('a')] })).toEqual([
    '1 fax was not delivered: faxlane list --state failed',
  ])
})

it('tells what was received from what was to be sent', () => {
  const forAPerson: Concern[] = [
    { of: 'reception', concern: 'refused', fax: 'a', since },
    { of: 'transmission', concern: 'refused', fax: 'b', since },
    { of: 'transmission', concern: 'unknown', fax: 'c', since },
  ]
  expect(concernsInWords({ ...NOTHING, forAPerson })).toEqual([
    '1 file could not be converted: faxlane list --state refused',
    '1 fax may have been sent or not: faxlane sent --state unknown',
    '1 fax was refused before it was dialled: faxlane sent --state refused',
  ])
})

it('names a few of what is stuck, and says that no more were counted', () => {
  const stuck = Array.from(
    { length: 7 },
    (_, index): Concern => ({
      of: 'reception',
      concern: 'stuck',
      fax: `fax ${index}`,
      backend: 'log',
      since,
      why: 'nobody came',
    }),
  )
  const many = Array.from({ length: MOST_OF_A_KIND }, (_, index) => failed(`fax ${index}`))
  const words = concernsInWords({ ...NOTHING, forAPerson: [...stuck, ...many] })
  expect(words).toHaveLength(7)
  expect(words[0]).toBe('fax 0 to log: nobody came')
  expect(words[5]).toBe('and 2 more are stuck: faxlane list --state stuck')
  expect(words[6]).toBe(`${MOST_OF_A_KIND} or more faxes were not delivered: faxlane list --state failed`)
})

it('names queues and agents with what to type', () => {
  const deadLetters = [{ queue: 'faxlane-arrivals-dead', messages: 2 }]
  const sites = [
    {
      site: 'main',
      agents: [
        { agent: 'edge' as const, silent: true },
        { agent: 'print' as const, heardAt: since, waiting: 0, silent: false },
      ],
    },
  ]
  expect(concernsInWords({ ...NOTHING, deadLetters, sites })).toEqual([
    '2 in faxlane-arrivals-dead: faxlane redrive --dry-run shows them, faxlane redrive sends them back',
    'the edge agent of main has never been heard of: systemctl status faxlane-edge there',
  ])
})
