/** RFC 8010 section 3.5.1. */
export const GROUP = { operation: 0x01, job: 0x02, end: 0x03, printer: 0x04 } as const

/** RFC 8010 section 3.5.2; those that we ask with, and those whose values we read as more than bytes. */
export const TAG = {
  integer: 0x21,
  boolean: 0x22,
  enum: 0x23,
  beginCollection: 0x34,
  textWithLanguage: 0x35,
  nameWithLanguage: 0x36,
  endCollection: 0x37,
  text: 0x41,
  name: 0x42,
  keyword: 0x44,
  uri: 0x45,
  charset: 0x47,
  naturalLanguage: 0x48,
  memberName: 0x4a,
} as const

/** RFC 8011 section 5.4.15, those that we ask for. */
export const OPERATION = {
  getJobAttributes: 0x0009,
  getJobs: 0x000a,
  getPrinterAttributes: 0x000b,
  cupsGetDefault: 0x4001,
} as const

/** RFC 8011 appendix B. */
export const STATUS = { notFound: 0x0406 } as const

export interface IppValue {
  tag: number
  /** A number for integers and enums, a text for whatever is one, the bytes for all else. */
  value: number | boolean | string | Uint8Array
}

export interface IppAttribute {
  name: string
  /** One for each value of a set. */
  values: readonly IppValue[]
}

export interface IppGroup {
  tag: number
  attributes: readonly IppAttribute[]
}

/** A request or an answer: they differ in what `code` is. */
export interface IppMessage {
  version: { major: number; minor: number }
  /** The operation of a request, the status of an answer. */
  code: number
  requestId: number
  groups: readonly IppGroup[]
}

export function isSuccess({ code }: IppMessage): boolean {
  return code < 0x0100
}

const TEXT_TAGS: readonly number[] = [0x41, 0x42, 0x44, 0x45, 0x46, 0x47, 0x48, 0x49, 0x4a]

export function isTextTag(tag: number): boolean {
  return TEXT_TAGS.includes(tag)
}

export function texts(group: IppGroup | undefined, name: string): string[] {
  const attribute = group?.attributes.find((one) => one.name === name)
  return (attribute?.values ?? []).flatMap(({ value }) => (typeof value === 'string' ? [value] : []))
}

export function firstText(group: IppGroup | undefined, name: string): string | undefined {
  return texts(group, name)[0]
}

export function firstNumber(group: IppGroup | undefined, name: string): number | undefined {
  const attribute = group?.attributes.find((one) => one.name === name)
  const value = attribute?.values[0]?.value
  return typeof value === 'number' ? value : undefined
}
