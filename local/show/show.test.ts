import { describe, expect, it } from 'vitest'
import { type ShownEvent, summarize } from './events.ts'
import { makeJsonShow } from './json.ts'
import { makePicture } from './picture.ts'

const [ONE, TWO] = ['20261123T054151Z-0k3w9x7m2r4t', '20261123T054152Z-0k3w9x7m2r4v']
const upload = (fax: string, file: string): ShownEvent => ({
  event: 'uploaded',
  fax,
  file,
  from: '0478123456',
  to: '100',
  bytes: 10442,
  where: `bucket/incoming/main/${fax}.tif`,
})
const events: ShownEvent[] = [
  upload(ONE, 'one.tif'),
  {
    event: 'converted',
    fax: ONE,
    pages: 1,
    damagedRows: 1,
    warnings: ['a row was lost'],
    milliseconds: 8.4,
    bytes: 1_234_567,
    where: `bucket/pdf/main/${ONE}.pdf`,
  },
  { event: 'routed', fax: ONE, backends: ['mail', 'log'] },
  { event: 'delivered', fax: ONE, backend: 'log', attempt: 1, where: 'log/log.log', text: 'line' },
  upload(TWO, 'two.tif'),
  { event: 'refused', fax: TWO, text: 'no TIFF' },
  { event: 'failed', fax: ONE, backend: 'mail', attempt: 1, text: '554 \u001b[2Jno\r\nforged' },
  { event: 'not uploaded', file: 'three.tif', text: 'There is no such file.' },
]

function drawn(isTerminal: boolean, shown: readonly ShownEvent[] = events): string {
  let text = ''
  const show = makePicture({ write: (piece) => (text += piece), isTerminal, now: () => new Date(0) })
  for (const event of shown) show(event)
  return text
}

describe('the summary', () => {
  it('counts deliveries, and a fax that came to none as one failed', () => {
    expect(summarize(events)).toEqual({ event: 'summary', faxes: 3, delivered: 1, failed: 3 })
  })
})

describe('with --json', () => {
  it('each event is one line', () => {
    const lines: string[] = []
    const show = makeJsonShow((text) => lines.push(text))
    for (const event of events) show(event)
    expect(lines.map((line) => JSON.parse(line))).toEqual(events)
    for (const line of lines) expect(line).toMatch(/^[^\n]+\n$/)
  })
})

describe('the picture', () => {
  it('is plain text in a pipe: a block for each fax, named again when another came between', () => {
    expect(drawn(false).split('\n')).toEqual([
      '',
      `one.tif  0478123456 → 100  ${ONE}`,
      `   0.00 s    uploaded           10.4 kB                       bucket/incoming/main/${ONE}.tif`,
      `   0.00 s    converted          1 page, 1.2 MB, in 8.4 ms, 1 damaged row  bucket/pdf/main/${ONE}.pdf`,
      '   0.00 s    routed             to mail, log',
      '   0.00 s  ✔ log                delivered                     log/log.log',
      '',
      `two.tif  0478123456 → 100  ${TWO}`,
      `   0.00 s    uploaded           10.4 kB                       bucket/incoming/main/${TWO}.tif`,
      '   0.00 s  ✘ refused            no TIFF',
      '',
      `one.tif  0478123456 → 100  ${ONE}`,
      '   0.00 s  ✘ mail               failed: 554 \\u{1b}[2Jno\\u{d}\\u{a}forged',
      '',
      'three.tif',
      '  ✘ not uploaded: There is no such file.',
      '',
    ])
  })

  it('is coloured on a terminal, where a step in progress changes in place', () => {
    const text = drawn(true, [{ event: 'synthesizing', step: 'bundling', seconds: 1.4 }, ...events])
    expect(text.startsWith('\r\u001b[2K  bundling … 1 s')).toBe(true)
    expect(text).toContain('\u001b[32m✔\u001b[39m')
  })
})
