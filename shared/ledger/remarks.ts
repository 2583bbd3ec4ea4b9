import * as z from 'zod'
import type { Facts } from '../facts.ts'

/** Pages of the TIFF, from 1: the first of them where there are many. */
const pages = z.array(z.int().min(1)).min(1)
const MOST_PAGES_NAMED = 20

/**
 * What of a fax is missing or damaged, as facts; the words for a reader are made of them in his language.
 *
 * call-broke-off: the PBX says that the reception failed, which it also does when the last page had come whole. pages-unreadable: they stand in
 * the file, and are not in the PDF. file-breaks-off: what would lead to the next page leads nowhere. pages-missing: the PBX counted more of them
 * than the file has. rows-damaged: lost on the line or in the file, and filled in from the row above.
 */
export const remarkSchema = z.discriminatedUnion('remark', [
  z.object({ remark: z.literal('call-broke-off') }),
  z.object({ remark: z.literal('pages-unreadable'), pages, count: z.int().min(1) }),
  z.object({ remark: z.literal('file-breaks-off'), afterPage: z.int().min(1) }),
  z.object({ remark: z.literal('pages-missing'), counted: z.int().min(1), found: z.int().min(0) }),
  z.object({ remark: z.literal('rows-damaged'), rows: z.int().min(1), pages, count: z.int().min(1) }),
])
export type Remark = z.infer<typeof remarkSchema>

/** The one word for a list or a subject. incomplete: pages are missing; broken-off: some may be; damaged: all are there, with rows that are not. */
export type RemarkMark = 'incomplete' | 'broken-off' | 'damaged'

export function markOf(remarks: readonly Remark[]): RemarkMark | undefined {
  if (remarks.length === 0) return undefined
  const found = new Set(remarks.map(({ remark }) => remark))
  if (found.has('pages-unreadable') || found.has('file-breaks-off') || found.has('pages-missing'))
    return 'incomplete'
  return found.has('call-broke-off') ? 'broken-off' : 'damaged'
}

/** What a fax record says is missing from its fax, or damaged: nothing of one that came whole, or that has no pages at all. */
export function remarksOf({ remarks = [] }: { remarks?: readonly Remark[] | undefined }): readonly Remark[] {
  return remarks
}

/** What the conversion tells of the pages. */
interface ConvertedPages {
  pages: readonly { damagedRows: number }[]
  /** Of the TIFF, from 1. */
  unreadablePages: readonly number[]
  breaksOffAfterPage?: number
}

export function findRemarks(
  { pages: converted, unreadablePages, breaksOffAfterPage }: ConvertedPages,
  facts: Pick<Facts, 'status' | 'pages'>,
): Remark[] {
  const found = converted.length + unreadablePages.length
  const counted = pagesCounted(facts)
  const remarks: Remark[] = []
  if (hasBrokenOff(facts)) remarks.push({ remark: 'call-broke-off' })
  if (counted > found) remarks.push({ remark: 'pages-missing', counted, found })
  else if (breaksOffAfterPage !== undefined)
    remarks.push({ remark: 'file-breaks-off', afterPage: breaksOffAfterPage })
  if (unreadablePages.length > 0) remarks.push({ remark: 'pages-unreadable', ...named(unreadablePages) })
  const damaged = damagedPages(converted, new Set(unreadablePages))
  if (damaged.length > 0) {
    const rows = converted.reduce((sum, page) => sum + page.damagedRows, 0)
    remarks.push({ remark: 'rows-damaged', rows, ...named(damaged) })
  }
  return remarks
}

/** By the status alone: Asterisk gives a sender's success the error HANGUP. */
export function hasBrokenOff({ status }: Pick<Facts, 'status'>): boolean {
  return status === 'FAILED'
}

/** 0 where the PBX did not say, or said no number: it counts the pages that it confirmed, so a file may well have one more. */
function pagesCounted({ pages: counted = '' }: Pick<Facts, 'pages'>): number {
  return /^\d{1,6}$/.test(counted) ? Number(counted) : 0
}

/** Pages are named as the sender sent them: those that could not be read count. */
function damagedPages(converted: ConvertedPages['pages'], unreadable: ReadonlySet<number>): number[] {
  const damaged: number[] = []
  let page = 0
  for (const { damagedRows } of converted) {
    do page += 1
    while (unreadable.has(page))
    if (damagedRows > 0) damaged.push(page)
  }
  return damaged
}

function named(all: readonly number[]): { pages: number[]; count: number } {
  return { pages: all.slice(0, MOST_PAGES_NAMED), count: all.length }
}
