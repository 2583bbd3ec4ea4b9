import { PDFArray, PDFDict, PDFDocument, PDFName, PDFRawStream } from 'pdf-lib'
import { describe, expect, it } from 'vitest'
import { type PdfPage, writePdf } from './document.ts'
import { describeFax } from './properties.ts'

const page: PdfPage = {
  widthPoints: 100,
  heightPoints: 50,
  matrix: [100, 0, 0, 50, 0, 0],
  image: {
    widthPixels: 2,
    heightPixels: 1,
    bitsPerComponent: 8,
    colorSpace: '/DeviceGray',
    filter: '',
    data: Uint8Array.of(0, 255),
  },
}
const properties = describeFax({ source: '0123', receivedAt: '2026-11-23T05:46:34Z' }, 2)
const pdf = writePdf([page, { ...page, image: { ...page.image, data: Uint8Array.of(9, 8) } }], properties)
const text = Buffer.from(pdf).toString('latin1')

describe('the file', () => {
  it('has every object where its table says', () => {
    const start = Number(/startxref\n(\d+)\n%%EOF\n$/.exec(text)?.[1])
    const [, count, entries = ''] = /^xref\n0 (\d+)\n([\d nf\n]+)trailer/.exec(text.slice(start)) ?? []
    const offsets = entries
      .split(' \n')
      .slice(1, -1)
      .map((entry) => Number(entry.slice(0, 10)))
    expect(offsets).toHaveLength(Number(count) - 1)
    offsets.forEach((at, index) => {
      expect(text.slice(at)).toMatch(new RegExp(`^${index + 1} 0 obj\n`))
    })
  })

  it('says the true length of every stream', () => {
    const streams = [...text.matchAll(/\/Length (\d+)>>\nstream\n/g)]
    expect(streams).toHaveLength(6)
    for (const { 0: head, 1: length, index } of streams) {
      expect(text.slice(index + head.length + Number(length))).toMatch(/^\nendstream\nendobj\n/)
    }
  })

  it('carries what PDF/A asks of its structure', async () => {
    expect(text).toMatch(/^%PDF-1\.7\n%[\x80-\xff]{4}\n/)
    expect(text).toMatch(/\/ID\[<([0-9a-f]{32})><\1>\]/)
    const document = await PDFDocument.load(pdf, { updateMetadata: false })
    const intent = document.catalog.lookup(PDFName.of('OutputIntents'), PDFArray).lookup(0, PDFDict)
    const profile = intent.lookup(PDFName.of('DestOutputProfile'))
    if (!(profile instanceof PDFRawStream)) throw new Error('no profile')
    const bytes = Buffer.from(profile.contents)
    expect(bytes.readUInt32BE(0)).toBe(bytes.length)
    expect(bytes.toString('latin1', 12, 24)).toBe('mntrGRAYXYZ ')
    expect(bytes.toString('latin1', 36, 40)).toBe('acsp')
  })

  it('does not call itself PDF/A with colours that it does not describe', () => {
    const colored = writePdf([{ ...page, image: { ...page.image, colorSpace: '/DeviceRGB' } }], properties)
    expect(text).toContain('pdfaid:part')
    expect(Buffer.from(colored).toString('latin1')).not.toContain('pdfaid:part')
  })

  it('differs in its identifier when the pages differ', () => {
    const id = (bytes: Uint8Array) => /\/ID\[<(.*?)>/.exec(Buffer.from(bytes).toString('latin1'))?.[1]
    expect(id(pdf)).not.toBe(id(writePdf([page, page], properties)))
  })
})
