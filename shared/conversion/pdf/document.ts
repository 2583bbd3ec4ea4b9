import { createHash } from 'node:crypto'
import { makeGreyProfile } from './grey-profile.ts'
import { infoDictionary, type Properties, xmpPacket } from './properties.ts'

/** A page that one image fills. */
export interface PdfPage {
  widthPoints: number
  heightPoints: number
  /** From the unit square to the page. */
  matrix: readonly number[]
  image: PdfImage
}

export interface PdfImage {
  widthPixels: number
  heightPixels: number
  bitsPerComponent: number
  /** Names and dictionaries as PDF writes them. */
  colorSpace: string
  filter: string
  data: Uint8Array
}

const CATALOG = 1
const PAGE_TREE = 2
const INFO = 3
const METADATA = 4
const PROFILE = 5
const FIRST_PAGE = 6
const OBJECTS_PER_PAGE = 3

/** Writes a PDF 1.7 file of one image a page. The same pages and properties always give the same bytes. */
export function writePdf(pages: readonly PdfPage[], properties: Properties): Uint8Array {
  const file = new ObjectFile()
  const grey = pages.every(({ image }) => image.colorSpace === '/DeviceGray')
  file.text('%PDF-1.7\n%\u00e2\u00e3\u00cf\u00d3\n')
  file.object(CATALOG, catalog())
  file.object(PAGE_TREE, pageTree(pages.length))
  file.object(INFO, infoDictionary(properties))
  file.stream(METADATA, '/Type/Metadata/Subtype/XML', Buffer.from(xmpPacket(properties, grey), 'utf8'))
  file.stream(PROFILE, '/N 1', makeGreyProfile())
  pages.forEach((page, index) => {
    writePage(file, FIRST_PAGE + index * OBJECTS_PER_PAGE, page)
  })
  return file.finish()
}

function catalog(): string {
  const intent = `<</Type/OutputIntent/S/GTS_PDFA1/OutputConditionIdentifier(Grey gamma 2.2)/DestOutputProfile ${PROFILE} 0 R>>`
  return `<</Type/Catalog/Pages ${PAGE_TREE} 0 R/Metadata ${METADATA} 0 R/ViewerPreferences<</DisplayDocTitle true>>/OutputIntents[${intent}]>>`
}

function pageTree(count: number): string {
  const kids = Array.from({ length: count }, (_, index) => `${FIRST_PAGE + index * OBJECTS_PER_PAGE} 0 R`)
  return `<</Type/Pages/Count ${count}/Kids[${kids.join(' ')}]>>`
}

/** ISO 32000-1, annex C.2: the longest side of a page, in units. */
const LONGEST_SIDE = 14_400

function writePage(
  file: ObjectFile,
  number: number,
  { widthPoints, heightPoints, matrix, image }: PdfPage,
): void {
  const contents = `q ${matrix.map(decimal).join(' ')} cm /I Do Q`
  // A roll longer than 200 inches keeps its length by counting in larger units.
  const unit = Math.ceil(Math.max(widthPoints, heightPoints) / LONGEST_SIDE)
  const scaled = unit === 1 ? contents : `${decimal(1 / unit)} 0 0 ${decimal(1 / unit)} 0 0 cm ${contents}`
  file.object(
    number,
    `<</Type/Page/Parent ${PAGE_TREE} 0 R/MediaBox[0 0 ${decimal(widthPoints / unit)} ${decimal(heightPoints / unit)}]` +
      `${unit === 1 ? '' : `/UserUnit ${unit}`}/Contents ${number + 1} 0 R/Resources<</XObject<</I ${number + 2} 0 R>>>>>>`,
  )
  file.object(number + 1, `<</Length ${scaled.length}>>\nstream\n${scaled}\nendstream`)
  file.stream(
    number + 2,
    `/Type/XObject/Subtype/Image/Width ${image.widthPixels}/Height ${image.heightPixels}` +
      `/BitsPerComponent ${image.bitsPerComponent}/ColorSpace ${image.colorSpace}${image.filter}`,
    image.data,
  )
}

/** PDF knows no exponents. */
function decimal(value: number): string {
  return String(Number(value.toFixed(5)))
}

/**
 * Objects in the order they come, and the table of where they stand. Text stays text until the end: thousands of small
 * buffers would take longer than all that is copied.
 */
class ObjectFile {
  /** By turns text, of one byte a character, and bytes. */
  readonly #chunks: { text: string; bytes: Uint8Array }[] = []
  readonly #offsets: number[] = []
  #text = ''
  #length = 0

  text(text: string): void {
    this.#text += text
    this.#length += text.length
  }

  object(number: number, body: string): void {
    this.#offsets[number] = this.#length
    this.text(`${number} 0 obj\n${body}\nendobj\n`)
  }

  stream(number: number, entries: string, data: Uint8Array): void {
    this.#offsets[number] = this.#length
    this.text(`${number} 0 obj\n<<${entries}/Length ${data.length}>>\nstream\n`)
    this.#chunks.push({ text: this.#text, bytes: data })
    this.#text = ''
    this.#length += data.length
    this.text('\nendstream\nendobj\n')
  }

  finish(): Uint8Array {
    const start = this.#length
    const used = this.#offsets.slice(1).map((at) => `${String(at).padStart(10, '0')} 00000 n \n`)
    this.text(`xref\n0 ${this.#offsets.length}\n0000000000 65535 f \n${used.join('')}`)
    const id = this.#digest()
    this.text(
      `trailer\n<</Size ${this.#offsets.length}/Root ${CATALOG} 0 R/Info ${INFO} 0 R/ID[<${id}><${id}>]>>\n` +
        `startxref\n${start}\n%%EOF\n`,
    )
    const pdf = Buffer.allocUnsafeSlow(this.#length)
    let at = 0
    for (const { text, bytes } of this.#chunks) {
      at += pdf.write(text, at, 'latin1')
      pdf.set(bytes, at)
      at += bytes.length
    }
    pdf.write(this.#text, at, 'latin1')
    return new Uint8Array(pdf.buffer)
  }

  /** The structure and a part of every large stream tell two files apart, at a fraction of hashing all. */
  #digest(): string {
    const hash = createHash('sha256')
    for (const { text, bytes } of this.#chunks) hash.update(text, 'latin1').update(bytes.subarray(0, 4096))
    return hash.update(this.#text, 'latin1').digest('hex').slice(0, 32)
  }
}
