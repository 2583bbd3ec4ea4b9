import { expect, it } from 'vitest'
import { masked } from './masked.ts'

const ID = '20261125T093012Z-9pncjvmdn1vq'

it.each([
  ['by an id of ours stays', `outgoing/main/${ID}.pdf`, `outgoing/main/${ID}.pdf`],
  ['by a number', 'outgoing/main/0112697845.pdf', 'outgoing/main/***845'],
  ['by words, and their folder', 'outgoing/main/0112697845/Mme Martin.pdf', 'outgoing/main/***tin'],
  ['by an id in a folder that is a number', `outgoing/main/0112697845/${ID}.pdf`, 'outgoing/main/***1vq'],
  ['outside of any site', 'outgoing/0112697845', 'outgoing/***845'],
  ['in a site that is none', 'outgoing/0112697845 Paris/letter.pdf', 'outgoing/***ter'],
])('in a log, a document that is named %s', (_, key, expected) => {
  const found = { key, what: 'it is not on record' }
  expect(masked(found)).toEqual({ ...found, key: expected })
})

it('what names no document stays as it is', () => {
  const found = { faxId: ID, what: 'an attempt was due' }
  expect(masked(found)).toEqual(found)
})
