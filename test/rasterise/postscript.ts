import { writeFile } from 'node:fs/promises'
import { linesOf } from './documents.ts'

export interface PostScriptPage {
  words: readonly string[]
  size: number
  perLine: number
}

const FONTS = ['Times-Roman', 'Helvetica', 'Bookman-Light'] as const

/** Pages of text on A4, each in a font of its own by turns. */
export async function writePostScript(path: string, pages: readonly PostScriptPage[]): Promise<void> {
  const body = pages.map(({ words, size, perLine }, index) => {
    const lines = linesOf(words, perLine).map(
      (line, row) => `60 ${(770 - row * size * 1.35).toFixed(1)} moveto (${line}) show`,
    )
    return `/${FONTS[index % FONTS.length]} findfont ${size} scalefont setfont\n${lines.join('\n')}\nshowpage\n`
  })
  await writeFile(path, `%!PS\n<< /PageSize [595 842] >> setpagedevice\n${body.join('')}`)
}
