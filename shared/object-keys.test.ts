import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { makeFaxId } from './fax-id.ts'
import { incomingKey, parseIncomingKey, pdfKey, printKey } from './object-keys.ts'

const FAX_ID = '20261123T054151Z-0k3w9x7m2r4t'

describe('object keys', () => {
  it('put a fax where permissions and lifecycle rules expect it', () => {
    expect(incomingKey({ site: 'paris', faxId: FAX_ID })).toBe(`incoming/paris/${FAX_ID}.tif`)
    expect(pdfKey({ site: 'paris', faxId: FAX_ID })).toBe(`pdf/paris/${FAX_ID}.pdf`)
    expect(printKey({ site: 'lyon', faxId: FAX_ID, backend: 'printer_office', format: 'tiff' })).toBe(
      `print/lyon/${FAX_ID}-printer_office.tif`,
    )
  })

  it('of arrivals are read back as they were made', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[a-z0-9][a-z0-9-]{0,30}$/), fc.string(), (site, identity) => {
        const place = { site, faxId: makeFaxId(new Date('2026-11-23T05:41:51Z'), identity) }
        expect(parseIncomingKey(incomingKey(place))).toEqual(place)
      }),
    )
  })

  it.each([
    '',
    'incoming/',
    `incoming/${FAX_ID}.tif`,
    `incoming/paris/lyon/${FAX_ID}.tif`,
    `incoming/../${FAX_ID}.tif`,
    `incoming/Paris/${FAX_ID}.tif`,
    `incoming/paris/${FAX_ID}.pdf`,
    `incoming/paris/${FAX_ID}.tif\n`,
    `x/incoming/paris/${FAX_ID}.tif`,
    'incoming/paris/20261123T054151Z-0k3w9x7m2r4u.tif',
    'incoming/paris/fax.tif',
  ])('that no agent makes are none: %j', (key) => {
    expect(parseIncomingKey(key)).toBeUndefined()
  })
})
