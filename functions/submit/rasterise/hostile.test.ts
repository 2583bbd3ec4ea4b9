import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { deflateSync } from 'node:zlib'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type FaxDocument, PdfRefused, type RasteriseOptions, rasterisePdf } from './rasterise-pdf.ts'
import { textPdf } from './testing/pdfs.ts'
import { onePagePdf, stream, writeRawPdf } from './testing/raw-pdf.ts'

const FINE: RasteriseOptions = { resolution: 'fine', widthPixels: 1728, header: undefined }
/** A square, so that there is something to draw. */
const SQUARE = '0 g 100 600 100 100 re f'

async function refusal(pdf: Uint8Array, limits: RasteriseOptions['limits'] = {}): Promise<PdfRefused> {
  const result: FaxDocument | unknown = await rasterisePdf(pdf, { ...FINE, limits }).catch(
    (error: unknown) => error,
  )
  if (result instanceof PdfRefused) return result
  throw new Error(`not refused: ${result instanceof Error ? result.stack : 'a fax of it'}`)
}

describe('what is no document for a fax is refused with a sentence for its sender', () => {
  const manyPages = (count: number) =>
    writeRawPdf([
      '<< /Type /Catalog /Pages 2 0 R >>',
      `<< /Type /Pages /Kids [${'3 0 R '.repeat(count)}] /Count ${count} >>`,
      '<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] >>',
    ])
  const encrypted = onePagePdf(
    { more: [`<< /Filter /Standard /V 1 /R 2 /P -4 /O <${'41'.repeat(32)}> /U <${'42'.repeat(32)}> >>`] },
    '/Encrypt 5 0 R /ID [<00112233445566778899aabbccddeeff> <00112233445566778899aabbccddeeff>]',
  )
  const inches = (width: number, height: number) =>
    onePagePdf({ page: `/MediaBox [0 0 ${width * 72} ${height * 72}]`, content: SQUARE })

  it.each<[string, Uint8Array, PdfRefused['reason'], RegExp]>([
    ['nothing at all', new Uint8Array(), 'not-a-pdf', /is empty/],
    ['a TIFF', Uint8Array.from([0x49, 0x49, 42, 0, 8, 0, 0, 0]), 'not-a-pdf', /begins with "II\*\.\.\.\.\."/],
    ['a header alone', Buffer.from('%PDF-1.7\n'), 'broken', /breaks off/],
    ['rubbish between header and end', Buffer.from('%PDF-1.7\nrubbish\n%%EOF\n'), 'broken', /damaged/],
    ['a password', encrypted, 'encrypted', /password/],
    [
      'no pages',
      writeRawPdf(['<< /Type /Catalog /Pages 2 0 R >>', '<< /Type /Pages /Kids [] /Count 0 >>']),
      'no-pages',
      /no pages/,
    ],
    ['5,000 pages', manyPages(5000), 'too-many-pages', /5000 pages; at most 500/],
    [
      'a page of 200 by 200 inches',
      inches(200, 200),
      'page-too-large',
      /200\.0 by 200\.0 inches; at most 48/,
    ],
    ['a page of 8 by 200 inches', inches(8, 200), 'page-too-large', /8\.0 by 200\.0/],
    [
      'a dynamic XFA form',
      onePagePdf({
        catalog: '/NeedsRendering true /AcroForm << /Fields [] /XFA 5 0 R >>',
        more: [stream('<xdp:xdp xmlns:xdp="http://ns.adobe.com/xdp/"></xdp:xdp>')],
      }),
      'dynamic-form',
      /XFA/,
    ],
  ])('%s', async (_what, pdf, reason, message) => {
    const refused = await refusal(pdf)
    expect(refused).toMatchObject({ reason, message: expect.stringMatching(message) })
    expect(refused.message).toMatch(/^[A-Z].*\.$/)
  })

  it('one that is cut off anywhere', async () => {
    const whole = await textPdf(2)
    for (const share of [0.1, 0.5, 0.9]) {
      const { reason } = await refusal(whole.subarray(0, whole.length * share))
      expect(reason).toBe('broken')
    }
  })

  it('one that is too large, unread', async () => {
    expect(await refusal(new Uint8Array(2000), { fileBytes: 1000 })).toMatchObject({ reason: 'too-large' })
  })

  it('one whose fax would be too large', async () => {
    expect(await refusal(await textPdf(3), { tiffBytes: 20_000 })).toMatchObject({ reason: 'too-large' })
  })
})

describe('what would take for ever is counted before it is drawn', () => {
  /** Each form draws the next one ten times. */
  function nested(depth: number): Uint8Array {
    const forms = Array.from({ length: depth }, (_, level) => {
      const content = level === depth - 1 ? SQUARE : '/F Do '.repeat(10)
      const resources = level === depth - 1 ? '' : `/Resources << /XObject << /F ${6 + level} 0 R >> >>`
      return stream(content, `/Type /XObject /Subtype /Form /BBox [0 0 595 842] ${resources}`)
    })
    return onePagePdf({ page: '/Resources << /XObject << /F 5 0 R >> >>', content: '/F Do', more: forms })
  }

  it('forms in forms in forms, a million squares', async () => {
    expect(await refusal(nested(7))).toMatchObject({ reason: 'too-large' })
  })

  it('a page that is painted over and over', async () => {
    const content = '0 0 595 842 re f\n'.repeat(1000)
    const { reason, message } = await refusal(onePagePdf({ content }))
    expect(reason).toBe('too-large')
    expect(message).toContain('410 pages full')
  })

  it('pages that hold much and draw nothing', async () => {
    const { reason, message } = await refusal(await textPdf(3), { seconds: 0 })
    expect(reason).toBe('too-large')
    expect(message).toContain('of its 3 pages')
  })

  it('an image of a billion pixels', async () => {
    const image = stream(
      '00',
      '/Type /XObject /Subtype /Image /Width 32000 /Height 32000 /BitsPerComponent 8 /ColorSpace /DeviceRGB /Filter /ASCIIHexDecode',
    )
    const page = '/Resources << /XObject << /I 5 0 R >> >>'
    const refused = await refusal(
      onePagePdf({ page, content: 'q 500 0 0 500 0 0 cm /I Do Q', more: [image] }),
    )
    expect(refused).toMatchObject({ reason: 'too-large', message: expect.stringContaining('million pixels') })
  })

  it('an image that needs more memory than there is, rather than a white place in its stead', async () => {
    const data = deflateSync(new Uint8Array(3000 * 3000 * 3)).toString('latin1')
    const kind =
      '/Type /XObject /Subtype /Image /Width 3000 /Height 3000 /BitsPerComponent 8 /ColorSpace /DeviceRGB'
    const image = stream(data, `${kind} /Filter /FlateDecode`)
    const page = '/Resources << /XObject << /I 5 0 R >> >>'
    const pdf = onePagePdf({ page, content: 'q 500 0 0 500 0 0 cm /I Do Q', more: [image] })
    const { pages } = await rasterisePdf(pdf, FINE)
    expect(pages).toBe(1)
    const { reason, message } = await refusal(pdf, { memoryBytes: 24 * 1024 * 1024 })
    expect(reason).toBe('too-large')
    expect(message).toContain('memory')
  })
})

describe('nothing in a PDF is executed or fetched', () => {
  const launch = '<< /S /Launch /F (/bin/sh) /Win << /F (cmd.exe) >> >>'
  const script = '<< /S /JavaScript /JS (app.alert\\("hello"\\); this.getField\\("x"\\).value = 1) >>'
  const remote = '<< /S /GoToR /F (\\\\\\\\evil.example\\\\share\\\\x.pdf) /D [0 /Fit] >>'
  const file = '<< /Type /Filespec /FS /URL /F (http://127.0.0.1:1/x) >>'
  const wants: Record<string, Parameters<typeof onePagePdf>[0]> = {
    'a script when it opens': { catalog: `/OpenAction ${script}` },
    'a script of the document': { catalog: `/Names << /JavaScript << /Names [(a) ${script}] >> >>` },
    'a program to launch': { catalog: `/OpenAction ${launch}`, page: `/AA << /O ${launch} /C ${launch} >>` },
    'another file': { catalog: `/OpenAction ${remote}` },
    'an address': { catalog: '/OpenAction << /S /URI /URI (http://127.0.0.1:1/) >>' },
    'a form to submit': { catalog: `/OpenAction << /S /SubmitForm /F ${file} >>` },
    'an embedded file': {
      catalog:
        '/Names << /EmbeddedFiles << /Names [(x.exe) << /Type /Filespec /F (x.exe) /EF << /F 5 0 R >> >>] >> >>',
      more: [stream('MZ', '/Type /EmbeddedFile')],
    },
  }

  it.each(Object.entries(wants))('%s: the page is drawn as if it were not there', async (_what, parts) => {
    const plain = await rasterisePdf(onePagePdf({ content: SQUARE }), FINE)
    const { tiff } = await rasterisePdf(onePagePdf({ content: SQUARE, ...parts }), FINE)
    expect(Buffer.compare(tiff, plain.tiff)).toBe(0)
  })

  it('an image whose data are elsewhere is not there', async () => {
    const image = stream(
      '',
      `/Type /XObject /Subtype /Image /Width 8 /Height 8 /BitsPerComponent 8 /ColorSpace /DeviceGray /F ${file}`,
    )
    const page = '/Resources << /XObject << /I 5 0 R >> >>'
    const content = `${SQUARE} q 50 0 0 50 300 300 cm /I Do Q`
    const { pages } = await rasterisePdf(onePagePdf({ page, content, more: [image] }), FINE)
    expect(pages).toBe(1)
  })

  it('there is nobody whom PDFium could ask: what it gets from outside is this', async () => {
    const file = createRequire(import.meta.url).resolve('@embedpdf/pdfium/pdfium.wasm')
    const names = WebAssembly.Module.imports(await WebAssembly.compile(readFileSync(file))).map(
      ({ name }) => name,
    )
    const kinds = names.filter((name) => !/^(invoke_|__syscall_|fd_|environ_)/.test(name)).sort()
    expect(kinds).toEqual([
      '__assert_fail',
      '_abort_js',
      '_emscripten_memcpy_js',
      '_emscripten_throw_longjmp',
      '_gmtime_js',
      '_localtime_js',
      '_tzset_js',
      'emscripten_date_now',
      'emscripten_resize_heap',
    ])
  })
})

it('any bytes turned round: a fax or a refusal, and nothing else', async () => {
  const whole = await textPdf()
  const change = fc.record({ at: fc.nat(whole.length - 1), to: fc.integer({ min: 0, max: 255 }) })
  await fc.assert(
    fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 12 }), async (changes) => {
      const damaged = Uint8Array.from(whole)
      for (const { at, to } of changes) damaged[at] = to
      const result = await rasterisePdf(damaged, { ...FINE, resolution: 'standard' }).catch(
        (error: unknown) => error,
      )
      if (result instanceof Error) expect(result).toBeInstanceOf(PdfRefused)
    }),
    { numRuns: 40 },
  )
})
