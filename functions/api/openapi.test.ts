import { readFileSync, writeFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { parse, stringify } from 'yaml'
import { sampleTransmission, waitingTransmission } from '../ledger/sample-transmission.ts'
import { openApiDocument } from './openapi.ts'
import { transmissionViewSchema, viewOf } from './shapes.ts'

const FILE = new URL('../../docs/openapi.yaml', import.meta.url)
const HEAD =
  '# Made of the schemas in functions/api/: UPDATE_OPENAPI=1 npx vitest run functions/api/openapi.test.ts\n'

describe('docs/openapi.yaml', () => {
  it('is what the endpoint reads and answers', () => {
    // Anchors for what stands there twice would be harder to read than the repetition.
    const text = HEAD + stringify(openApiDocument(), { lineWidth: 140, aliasDuplicateObjects: false })
    if (process.env.UPDATE_OPENAPI === '1') writeFileSync(FILE, text)
    expect(readFileSync(FILE, 'utf8')).toBe(text)
  })

  it('refers to nothing that is not in it', () => {
    const document = parse(readFileSync(FILE, 'utf8'))
    const references = [...JSON.stringify(document).matchAll(/"#\/components\/schemas\/([A-Za-z]+)"/g)]
    expect(references.length).toBeGreaterThan(5)
    for (const [, name = ''] of references) expect(document.components.schemas).toHaveProperty(name)
  })
})

it.each([
  ['accepted', sampleTransmission()],
  ['waiting', waitingTransmission({ notBefore: '2026-11-25T10:00:00.000Z' })],
])('a transmission that is %s is answered in the shape that is written down', (state, record) => {
  expect(strictly(viewOf(record))).toMatchObject({ state, to: '0112697845' })
})

/** Strictly: what is not written down must not be answered. */
function strictly(view: unknown) {
  return transmissionViewSchema.strict().parse(view)
}
