import { expect, it } from 'vitest'
import { journalLog } from './journal.ts'

function logged(environment: NodeJS.ProcessEnv): string {
  let text = ''
  const log = journalLog((line) => {
    text += line
  }, environment)
  log('started', { name: 'edge' })
  log('late', {}, 'warning')
  log('lost', { reason: 'two\nlines' }, 'error')
  return text
}

it('puts the priority in front of a line where the journal reads it', () => {
  expect(logged({ JOURNAL_STREAM: '9:123' })).toBe(
    '<6>started name=edge\n<4>late\n<3>lost reason="two\\nlines"\n',
  )
})

it('leaves it out on a terminal', () => {
  expect(logged({})).toBe('started name=edge\nlate\nlost reason="two\\nlines"\n')
})
