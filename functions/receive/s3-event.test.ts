import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { arrivedObjects } from './s3-event.ts'

const event = (name: string) => readFileSync(new URL(`../../events/${name}.json`, import.meta.url), 'utf8')

describe('the body of an arrival', () => {
  it('names the object that S3 stored', () => {
    expect(arrivedObjects(event('s3-object-created'))).toEqual([
      {
        key: 'incoming/paris/20261123T054151Z-0k3w9x7m2r4t.tif',
        sizeBytes: 17150,
        arrivedAt: new Date('2026-11-23T05:41:53.417Z'),
        putBy: 'AROAEXAMPLEEXAMPLE123:paris',
      },
    ])
  })

  it('may hold several records, with keys URL-encoded, and tell of removals, which are none of ours', () => {
    expect(arrivedObjects(event('s3-several-records')).map(({ key }) => key)).toEqual([
      'incoming/paris/dropped by hand été (2) 1+1.tif',
      'incoming/paris/20261123T054151Z-0k3w9x7m2r4t.tif',
    ])
  })

  it('is empty for the test event of a new notification', () => {
    expect(arrivedObjects(event('s3-test-event'))).toEqual([])
  })

  it.each(['', '{}', '[]', 'null', '{"Records":[{}]}', '{"Event":"s3:SomethingElse"}'])(
    'that is no event of S3 throws, so that it ends in the dead-letter queue: %j',
    (body) => {
      expect(() => arrivedObjects(body)).toThrow()
    },
  )
})
