import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { fileStem } from './file-name.ts'
import type { Remark } from './ledger/remarks.ts'
import { printJobSchema } from './messages.ts'

const id = '20261123T054151Z-0k3w9x7m2r4t'
const receivedAt = '2026-11-23T05:41:51.900Z'

describe('the name of a delivered file', () => {
  it.each([
    [{ destination: '100', source: '0478123456' }, '100-0478123456-1795412511-7m2r4t'],
    [{ destination: '+33112697845', source: '+33478123456' }, '33112697845-+33478123456-1795412511-7m2r4t'],
    [{ destination: '100' }, '100-unknown-1795412511-7m2r4t'],
    [{ destination: '../../etc', source: 'a b/c\\d:e' }, 'etc-a-b-c-d-e-1795412511-7m2r4t'],
    [{ destination: '-rf', source: '\r\nDELE x' }, 'rf--DELE-x-1795412511-7m2r4t'],
  ])('of %j', (numbers, name) => {
    expect(fileStem({ id, facts: { ...numbers, receivedAt } })).toBe(name)
  })

  it.each<[Remark, string]>([
    [{ remark: 'call-broke-off' }, '-incomplete'],
    [{ remark: 'pages-unreadable', pages: [2], count: 1 }, '-incomplete'],
    [{ remark: 'rows-damaged', rows: 1, pages: [1], count: 1 }, ''],
  ])('says of a fax with %j that it is not whole, where pages may be missing', (remark, ending) => {
    const facts = { destination: '100', receivedAt }
    expect(fileStem({ id, facts, remarks: [remark] })).toBe(`100-unknown-1795412511-7m2r4t${ending}`)
  })

  it('is safe in a path, a command and a header, and short, whatever the numbers hold', () => {
    const any = fc.string({ unit: 'binary', maxLength: 300 })
    const fileName = printJobSchema.shape.fileName
    fc.assert(
      fc.property(any, any, (source, destination) => {
        const stem = fileStem({ id, facts: { source, destination, receivedAt } })
        expect(fileName.safeParse(stem).success).toBe(true)
        expect(stem.length).toBeLessThan(100)
        expect(stem.endsWith('-7m2r4t')).toBe(true)
      }),
    )
  })
})
