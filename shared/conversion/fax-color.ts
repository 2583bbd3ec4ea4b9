import { ConversionRefused } from './refusal.ts'
import { numbers } from './tiff/directory.ts'
import type { TiffPage } from './tiff/page.ts'
import { TAG } from './tiff/tags.ts'

/**
 * ITU-T T.42: what the samples 0 and 255 of L*, a* and b* stand for. The zero of a* is the sample 128, that of b* is 96,
 * as paper and inks go further to yellow than to blue.
 */
const T42_RANGES = [0, 100, -21760 / 255, 21590 / 255, -19200 / 255, 31800 / 255]

/** T.42's illuminant, D50. */
const WHITE_POINT = '0.9642 1 0.8249'

/**
 * The colour space of a colour fax and its Decode entry. The ranges stand in Decode and not in the colour space's Range:
 * PDFium takes samples without Decode to start at -128.
 */
export function faxColor(page: TiffPage): { colorSpace: string; decode: string } {
  const ranges = numbers(page.directory, TAG.decode, T42_RANGES.length) ?? T42_RANGES
  if (ranges.length !== T42_RANGES.length || !ranges.every(isPlausible)) {
    throw new ConversionRefused(`a Decode of ${ranges.join(', ')}`, page.directory.at)
  }
  const decode = ranges.map((value) => Number(value.toFixed(4))).join(' ')
  return {
    colorSpace: `[/Lab<</WhitePoint[${WHITE_POINT}]/Range[-128 127 -128 127]>>]`,
    decode: `/Decode[${decode}]`,
  }
}

function isPlausible(value: number): boolean {
  return Math.abs(value) <= 1000
}
