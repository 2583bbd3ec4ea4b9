import { BLACK_CODES, type Code, HORIZONTAL_CODE, PASS_CODE, VERTICAL_CODES, WHITE_CODES } from './codes.ts'

/** bits << 4 | length, by the place in the list of codes. */
const WHITE = pack(WHITE_CODES)
const BLACK = pack(BLACK_CODES)
const VERTICAL = pack(VERTICAL_CODES)

const LONGEST_MAKE_UP = 2560
/** Its place in the list: 64 terminating codes, then one for each multiple of 64. */
const LONGEST_MAKE_UP_INDEX = 63 + LONGEST_MAKE_UP / 64
const END_OF_LINE = { bits: 1, length: 12 }

function pack(codes: readonly Code[]): Int32Array {
  return Int32Array.from(codes, ({ bits, length }) => (bits << 4) | length)
}

/** Codes rows, given as the columns where their colour changes, by ITU-T T.6. */
export class T6Encoder {
  readonly #width: number
  /** The worst row changes its colour at every pixel: 12 bits for two of them. */
  readonly #longestRowBytes: number
  #reference: Int32Array
  #coded: Uint8Array
  #length = 0
  /** Bits on their way out, the last `#held` of the word; fewer than 16 between codes. */
  #word = 0
  #held = 0

  constructor(widthPixels: number, expectedBytes: number) {
    this.#width = widthPixels
    this.#longestRowBytes = Math.ceil(widthPixels * 0.75) + 64
    this.#reference = new Int32Array(widthPixels + 4).fill(widthPixels)
    this.#coded = new Uint8Array(expectedBytes + this.#longestRowBytes)
  }

  /** `transitions` ascend strictly from white; from `count` on they are the width, at least twice. */
  addRow(transitions: Int32Array, count: number): void {
    if (this.#coded.length - this.#length < this.#longestRowBytes) this.#grow()
    const width = this.#width
    const reference = this.#reference
    let column = 0
    let next = 0
    let b1 = 0
    while (column < width) {
      const change = transitions[next] as number
      const above = reference[b1] as number
      const offset = change - above
      if (offset === 0) {
        this.#put(1, 1)
        column = change
        next++
        b1++
        continue
      }
      const secondAbove = reference[b1 + 1] as number
      if (secondAbove < change) {
        this.#put(PASS_CODE.bits, PASS_CODE.length)
        column = secondAbove
        b1 += 2
        continue
      }
      if (offset >= -3 && offset <= 3) {
        const code = VERTICAL[offset + 3] as number
        this.#put(code >> 4, code & 15)
        column = change
        next++
        b1 = offset < 0 && b1 > 0 ? b1 - 1 : b1 + 1
      } else {
        const end = change < width ? (transitions[next + 1] as number) : width
        this.#put(HORIZONTAL_CODE.bits, HORIZONTAL_CODE.length)
        this.#putRun(next & 1 ? BLACK : WHITE, change - column)
        this.#putRun(next & 1 ? WHITE : BLACK, end - change)
        column = end
        next += 2
      }
      if (column < width) while ((reference[b1] as number) <= column) b1 += 2
    }
    for (let index = 0; index < count; index++) reference[index] = transitions[index] as number
    reference.fill(width, count, count + 4)
  }

  /** A row of one colour: of 1 bits or of 0 bits. */
  addUniformRow(bit: 0 | 1): void {
    const transitions = new Int32Array(4).fill(this.#width)
    if (bit === 1) transitions[0] = 0
    this.addRow(transitions, bit)
  }

  /** The coded strip with its end-of-block code. */
  finish(): Uint8Array {
    for (let time = 0; time < 2; time++) this.#put(END_OF_LINE.bits, END_OF_LINE.length)
    this.#put(0, (16 - this.#held) & 7)
    if (this.#held === 8) this.#coded[this.#length++] = this.#word
    return this.#coded.subarray(0, this.#length)
  }

  #putRun(codes: Int32Array, run: number): void {
    let rest = run
    for (; rest >= LONGEST_MAKE_UP + 64; rest -= LONGEST_MAKE_UP)
      this.#putEntry(codes[LONGEST_MAKE_UP_INDEX] as number)
    if (rest >= 64) this.#putEntry(codes[63 + (rest >> 6)] as number)
    this.#putEntry(codes[rest & 63] as number)
  }

  #putEntry(entry: number): void {
    this.#put(entry >> 4, entry & 15)
  }

  #put(bits: number, length: number): void {
    this.#word = (this.#word << length) | bits
    this.#held += length
    if (this.#held < 16) return
    this.#held -= 16
    this.#coded[this.#length++] = this.#word >>> (this.#held + 8)
    this.#coded[this.#length++] = this.#word >>> this.#held
  }

  #grow(): void {
    const larger = new Uint8Array(this.#coded.length * 2 + this.#longestRowBytes)
    larger.set(this.#coded)
    this.#coded = larger
  }
}
