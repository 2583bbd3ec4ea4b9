import { LIMITS } from './limits.ts'
import { ConversionRefused } from './refusal.ts'

/** A row costs time however narrow it is. */
const LEAST_PIXELS_PER_ROW = 512

/** What the pages of one file have asked for so far. */
export class Budget {
  readonly #fileBytes: number
  #pixels = 0
  #codedBytes = 0
  #rasterBytes = 0
  #imageBytes = 0
  #trialPixels = 0
  #transitions = 0

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
    this.#pixels += Math.max(widthPixels, LEAST_PIXELS_PER_ROW) * heightPixels
    if (this.#pixels > LIMITS.pixelsPerFile) {
      throw new OverBudget(`pages of more than ${LIMITS.pixelsPerFile} pixels together`, byteOffset)
    }
  }

  /** Reading a strip once is paid for by its pixels; the other codings are tried only as long as this allows. */
  noteTrial(widthPixels: number, rows: number): void {
    this.#trialPixels += Math.max(widthPixels, LEAST_PIXELS_PER_ROW) * rows
  }

  allowsTrials(): boolean {
    return this.#trialPixels <= LIMITS.trialPixelsPerFile + LIMITS.trialPixelsPerFileByte * this.#fileBytes
  }

  /** Samples that are unpacked, from so many strips or tiles. */
  takeRasterBytes(bytes: number, segments: number, byteOffset: number): void {
    if (bytes > LIMITS.rasterBytesPerPage) {
      throw new OverBudget(
        `a page that unpacks to ${bytes} bytes; the limit is ${LIMITS.rasterBytesPerPage}`,
        byteOffset,
      )
    }
    this.#rasterBytes += bytes + segments * LIMITS.rasterBytesPerSegment
    const limit = LIMITS.rasterBytesPerFile + LIMITS.rasterBytesPerFileByte * this.#fileBytes
    if (this.#rasterBytes > limit) {
      throw new OverBudget(`pages that unpack to more than ${limit} bytes`, byteOffset)
    }
  }

  /** A few packed bytes can stand for a page that changes its colour at every pixel, which takes long to code. */
  takeTransitions(count: number, byteOffset: number): void {
    this.#transitions += count
    const limit = LIMITS.transitionsPerFile + LIMITS.transitionsPerFileByte * this.#fileBytes
    if (this.#transitions > limit) {
      throw new OverBudget(`packed pages with more than ${limit} changes of colour`, byteOffset)
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
