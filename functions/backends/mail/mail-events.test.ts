import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { mailReturned, tagOf } from './mail-events.ts'

const event = (name: string) => readFileSync(new URL(`../../../events/${name}.json`, import.meta.url), 'utf8')
const changed = (name: string, change: (json: Record<string, never>) => void) => {
  const json = JSON.parse(event(name))
  change(json)
  return JSON.stringify(json)
}
const of = { faxId: '20261123T054151Z-0k3w9x7m2r4t', backend: 'mail.sales' }

describe('what SES tells of a mail', () => {
  it('that came back says whose server said what', () => {
    expect(mailReturned(event('ses-bounce'))).toEqual({
      ...of,
      outcome: {
        outcome: 'failed',
        code: 'Permanent General',
        text: 'The mail came back from gone@example.org: smtp; 550 5.1.1 user unknown',
      },
    })
  })

  it.each([
    ['7', { attempt: 7 }],
    ['0', {}],
    ['x', {}],
    [undefined, {}],
  ])('says which attempt it was, where its tag is %s', (tag, attempt) => {
    const json = changed('ses-bounce', (one: { mail?: { tags?: Record<string, string[]> } }) => {
      if (tag !== undefined && one.mail?.tags !== undefined) one.mail.tags.attempt = [tag]
    })
    const { outcome: _, ...rest } = mailReturned(json) ?? {}
    expect(rest).toEqual({ ...of, ...attempt })
  })

  it('that was called unwanted says by whom', () => {
    expect(mailReturned(event('ses-complaint'))).toEqual({
      ...of,
      outcome: {
        outcome: 'failed',
        code: 'Complaint abuse',
        text: 'The mail was called unwanted by office@example.org',
      },
    })
  })

  it.each(['MailboxFull', 'MessageTooLarge', 'ContentRejected', 'AttachmentRejected'])(
    'that is %s, without a word of what became of it, has come back',
    (bounceSubType) => {
      const returned = changed('ses-out-of-office', (json: { bounce?: object }) => {
        json.bounce = { ...json.bounce, bounceSubType }
      })
      expect(mailReturned(returned)).toMatchObject({
        ...of,
        outcome: { outcome: 'failed', code: `Transient ${bounceSubType}` },
      })
    },
  )

  it.each([
    ['an automatic reply', 'ses-out-of-office', () => {}],
    ['a mail without a fax', 'ses-bounce', (json: { mail: { tags?: object } }) => void delete json.mail.tags],
    [
      'anything else',
      'ses-bounce',
      (json: { eventType: string; bounce?: object }) => {
        json.eventType = 'Delivery'
        delete json.bounce
      },
    ],
  ] as [string, string, (json: object) => void][])('is nothing where it is of %s', (_, name, change) => {
    expect(mailReturned(changed(name, change))).toBeUndefined()
  })

  it('comes with tags that hold only what a tag may hold', () => {
    expect(tagOf('mail.a_b-c')).toMatch(/^[A-Za-z0-9_-]+$/)
  })
})
