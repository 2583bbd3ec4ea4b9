import { expect, it } from 'vitest'
import { troubleAt } from './in-words.ts'

const EDGE = { agent: 'edge', silent: false, heardAt: '2026-11-25T09:00:00.000Z', waiting: 3 } as const

it.each([
  ['something waits for too long', { oldestSeconds: 2400 }, 'has had something waiting for 40 minutes'],
  ['files can not be read', { unreadable: 2 }, 'can not read or remove 2 in its spool'],
  ['faxes were set aside', { refused: 4 }, 'has set 4 aside in refused/'],
  ['it has a complaint', { trouble: 'EACCES' }, 'says: EACCES'],
])('an agent that is up calls for somebody when %s, with the command', (_, told, words) => {
  expect(troubleAt('paris', { ...EDGE, ...told })).toEqual([
    `the edge agent of paris ${words}. There: faxlane-edge check`,
  ])
})

it('all of it is one line, and a fax that has just come calls for nobody', () => {
  const all = { oldestSeconds: 2400, unreadable: 1, refused: 1, trouble: 'ENOSPC' }
  expect(troubleAt('paris', { ...EDGE, ...all })).toHaveLength(1)
  expect(troubleAt('paris', { ...EDGE, oldestSeconds: 300 })).toEqual([])
})
