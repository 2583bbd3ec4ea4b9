import { LIMITS } from './limits.ts'
import { ConversionRefused } from './refusal.ts'

/** What the pages of one file have asked for so far. */
export class Budget {
  readonly #fileBytes: number
  #pixels = 0
  #codedBytes = 0
  #rasterBytes = 0
  #imageBytes = 0

  constructor(fileBytes: number) {
    this.#fileBytes = fileBytes
  }

  /** Rows that a page of this width may have. */
  rowLimit(widthPixels: number): number {
    return Math.min(LIMITS.heightPixels, Math.floor(LIMITS.pixelsPerPage / widthPixels))
  }

  takePixels(widthPixels: number, heightPixels: number, byteOffset: number): void {
    const pixels = widthPixels * heightPixels
    if (pixels > LIMITS.pixelsPerPage) {
      throw new OverBudget(
        `a page of ${widthPixels}x${heightPixels} pixels; the limit is ${LIMITS.pixelsPerPage}`,
        byteOffset,
      )
    }
    this.#pixels += pixels
    if (this.#pixels > LIMITS.pixelsPerFile) {
      throw new OverBudget(`pages of more than ${LIMITS.pixelsPerFile} pixels together`, byteOffset)
    }
  }

  /** Samples that are unpacked. */
  takeRasterBytes(bytes: number, byteOffset: number): void {
    this.#rasterBytes += bytes
    if (this.#rasterBytes > LIMITS.rasterBytesPerFile) {
      throw new OverBudget(`pages that unpack to more than ${LIMITS.rasterBytesPerFile} bytes`, byteOffset)
    }
  }

  /** What goes into the PDF. */
  takeImageBytes(bytes: number, byteOffset: number): void {
    this.#imageBytes += bytes
    if (this.#imageBytes > LIMITS.imageBytesPerFile) {
      throw new OverBudget(`a PDF of more than ${LIMITS.imageBytesPerFile} bytes`, byteOffset)
    }
  }

  takeCodedBytes(bytes: number, byteOffset: number): void {
    this.#codedBytes += bytes
    if (this.#codedBytes > this.#fileBytes * LIMITS.codedBytesPerFileByte) {
      throw new OverBudget(
        `pages that use the file's bytes more than ${LIMITS.codedBytesPerFileByte} times over`,
        byteOffset,
      )
    }
  }
}

/** Unlike a page that can't be read, a reason to refuse the whole file. */
export class OverBudget extends ConversionRefused {}
