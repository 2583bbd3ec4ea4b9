/** The body of each object, by its number from 1; the first is the catalog. With a cross-reference table that is right. */
export function writeRawPdf(objects: readonly string[], trailer = ''): Uint8Array {
  let text = '%PDF-1.7\n'
  const offsets = objects.map((body, index) => {
    const at = text.length
    text += `${index + 1} 0 obj\n${body}\nendobj\n`
    return at
  })
  const rows = offsets.map((at) => `${String(at).padStart(10, '0')} 00000 n \n`).join('')
  const size = objects.length + 1
  text += `xref\n0 ${size}\n0000000000 65535 f \n${rows}trailer\n<< /Size ${size} /Root 1 0 R ${trailer} >>\nstartxref\n${text.length}\n%%EOF\n`
  return Buffer.from(text, 'latin1')
}

export function stream(content: string, entries = ''): string {
  return `<< /Length ${content.length} ${entries} >>\nstream\n${content}\nendstream`
}

export interface OnePage {
  /** Further entries of the catalog and of the page. */
  catalog?: string
  page?: string
  content?: string
  /** Objects from number 5 on. */
  more?: readonly string[]
}

/** Catalog, tree, page and content are the objects 1 to 4. */
export function onePagePdf(
  { catalog = '', page = '', content = '', more = [] }: OnePage,
  trailer = '',
): Uint8Array {
  const box = page.includes('/MediaBox') ? '' : '/MediaBox [0 0 595 842]'
  return writeRawPdf(
    [
      `<< /Type /Catalog /Pages 2 0 R ${catalog} >>`,
      '<< /Type /Pages /Kids [3 0 R] /Count 1 >>',
      `<< /Type /Page /Parent 2 0 R ${box} /Contents 4 0 R ${page} >>`,
      stream(content),
      ...more,
    ],
    trailer,
  )
}
