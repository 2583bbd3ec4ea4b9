import { type Conversion, ConversionRefused, type DocumentFacts } from '../../shared/conversion/convert.ts'
import { type Facts, factsFromMetadata } from '../../shared/facts.ts'
import { makeFaxId, timeOfFaxId } from '../../shared/fax-id.ts'
import { LARGEST_TIFF_BYTES } from '../../shared/largest-tiff.ts'
import type { FaxRecord } from '../../shared/ledger/records.ts'
import { findRemarks, hasBrokenOff, type Remark, remarksOf } from '../../shared/ledger/remarks.ts'
import type { RoutedFax } from '../../shared/messages.ts'
import { type FaxAtSite, parseIncomingKey, pdfKey } from '../../shared/object-keys.ts'
import type { Router } from '../../shared/routing-table/route.ts'
import { type FanOutDependencies, fanOut } from '../dispatch/fan-out.ts'
import { closeFax, type FaxEnd, openFax, type Stored } from '../ledger/fax-transitions.ts'
import type { Ledger } from '../ledger/ledger.ts'
import type { Count } from '../metrics.ts'
import type { NoticeEvent, Tell } from '../notify/notice-event.ts'
import type { StoredObject } from '../storage/faxes-bucket.ts'
import type { ArrivedObject } from './s3-event.ts'

export interface ReceiveDependencies extends FanOutDependencies {
  ledger: FanOutDependencies['ledger'] & Pick<Ledger, 'addFax' | 'getFax' | 'replaceFax'>
  readTiff: (wanted: { key: string; largestBytes: number }) => Promise<StoredObject | undefined>
  convert: (tiff: Uint8Array, about: DocumentFacts) => Conversion
  router: Router
  count: Count
  tell: Tell
}

const MOST_WARNINGS = 100

/**
 * One object that arrived under `incoming/`: converted, stored, routed, and one delivery made for each backend. Whatever it
 * is, it ends on record. Safe to repeat: a fax that has ended is left alone, one that was cut off half-way is done again.
 */
export async function receive(dependencies: ReceiveDependencies, object: ArrivedObject): Promise<FaxRecord> {
  const place = parseIncomingKey(object.key)
  return place === undefined ? refuseStranger(dependencies, object) : receiveAs(dependencies, object, place)
}

async function receiveAs(
  dependencies: ReceiveDependencies,
  object: ArrivedObject,
  place: FaxAtSite,
): Promise<FaxRecord> {
  const known = await dependencies.ledger.getFax(place.faxId)
  if (known !== undefined && known.tiffKey !== object.key) return receiveRenamed(dependencies, object, place)
  if (known !== undefined && known.state !== 'received') return again(dependencies, known)

  const tiff = await dependencies.readTiff({ key: object.key, largestBytes: LARGEST_TIFF_BYTES })
  const facts: Facts = factsFromMetadata(tiff?.metadata ?? {}, tiff?.storedAt ?? object.arrivedAt)
  const tiffBytes = tiff?.sizeBytes ?? object.sizeBytes
  const opened = openFax({ ...place, facts, tiffKey: object.key, tiffBytes }, dependencies.now())
  const record = known ?? (await addOrGet(dependencies, opened))
  if (record.tiffKey !== object.key) return receiveRenamed(dependencies, object, place)
  if (record.state !== 'received') return record
  const ending = await process(dependencies, record, tiff)
  return end(dependencies, record, isSimulated(record) ? { ...ending, state: 'simulated' } : ending)
}

/**
 * Another site put a file under the same name first. Its machine may have been stolen, and the fax that comes second be the one that was received:
 * it is a fax of its own, by a name of the same second.
 */
function receiveRenamed(
  dependencies: ReceiveDependencies,
  object: ArrivedObject,
  { site, faxId }: FaxAtSite,
): Promise<FaxRecord> {
  return receiveAs(dependencies, object, { site, faxId: makeFaxId(timeOfFaxId(faxId), faxId, object.key) })
}

/** Converts and routes; the answer says how the fax ended. Throws only for faults that a repetition may heal. */
async function process(
  dependencies: ReceiveDependencies,
  record: FaxRecord,
  tiff: StoredObject | undefined,
): Promise<FaxEnd> {
  if (tiff === undefined) return refused(`The object ${record.tiffKey} is not in the bucket any more.`)
  const { bytes, sizeBytes } = tiff
  if (sizeBytes === 0) return { state: 'missed', reason: whyMissed(record.facts) }
  if (bytes === undefined) {
    return refused(`The file has ${sizeBytes} bytes; at most ${LARGEST_TIFF_BYTES} are converted.`)
  }
  const started = performance.now()
  const conversion = tryToConvert(dependencies, record, bytes)
  if ('state' in conversion) return conversion
  const stored = {
    pdfKey: pdfKey({ site: record.site, faxId: record.id }),
    pdfBytes: conversion.pdf.length,
    ...findingsOf(conversion, record.facts),
    convertMilliseconds: Math.round((performance.now() - started) * 10) / 10,
  }
  await dependencies.putFile({ key: stored.pdfKey, bytes: conversion.pdf, format: 'pdf' })

  const { destination } = record.facts
  const routes = dependencies.router.routeFor(destination)
  if (routes === undefined) return { state: 'unrouted', reason: whyUnrouted(destination), ...stored }
  const backends = routes.map(({ backend }) => backend.name)
  if (isSimulated(record)) return { state: 'simulated', backends, ...stored }
  const { id, site, facts, tiffKey } = record
  const { pages, remarks } = stored
  const fax: RoutedFax = {
    id,
    site,
    facts,
    tiffKey,
    pages,
    pdfKey: stored.pdfKey,
    ...(remarks && { remarks }),
  }
  const readFile = async (format: 'pdf' | 'tiff') => (format === 'pdf' ? conversion.pdf : bytes)
  await fanOut(dependencies, { fax, readFile }, routes)
  return { state: 'routed', backends, ...stored }
}

/** What the conversion found, bounded: a ledger item holds 400 KB, and a TIFF can be made to give a warning a page. */
function findingsOf(
  conversion: Conversion,
  facts: Facts,
): Pick<Stored, 'pages' | 'damagedRows' | 'warnings' | 'remarks'> {
  const { pages, warnings } = conversion
  const remarks = findRemarks(conversion, facts)
  const ofPages = pages.flatMap((page, index) =>
    page.warnings.map((warning) => `page ${index + 1}: ${warning}`),
  )
  return {
    pages: pages.length,
    damagedRows: pages.reduce((sum, page) => sum + page.damagedRows, 0),
    warnings: [...saidByThePbx(remarks, facts), ...warnings, ...ofPages]
      .slice(0, MOST_WARNINGS)
      .map((warning) => warning.slice(0, 300)),
    ...(remarks.length === 0 ? {} : { remarks }),
  }
}

function tryToConvert(
  { convert }: ReceiveDependencies,
  { id, facts }: FaxRecord,
  bytes: Uint8Array,
): Conversion | FaxEnd {
  const { source, destination, stationId, receivedAt } = facts
  try {
    return convert(bytes, {
      faxId: id,
      ...(source === undefined ? {} : { source }),
      ...(destination === undefined ? {} : { destination }),
      ...(stationId === undefined ? {} : { stationId }),
      receivedAt: new Date(receivedAt),
    })
  } catch (error) {
    if (!(error instanceof ConversionRefused)) throw error
    return refused(error.message)
  }
}

/** An object that no agent of ours put there. It can't be routed, but it must not vanish either. */
async function refuseStranger(dependencies: ReceiveDependencies, object: ArrivedObject): Promise<FaxRecord> {
  const { key, sizeBytes, arrivedAt } = object
  const facts: Facts = { receivedAt: arrivedAt.toISOString() }
  const faxId = makeFaxId(arrivedAt, key)
  const opened = openFax(
    { faxId, site: 'unknown', facts, tiffKey: key, tiffBytes: sizeBytes },
    dependencies.now(),
  )
  const record = await addOrGet(dependencies, opened)
  if (record.state !== 'received') return record
  return end(
    dependencies,
    record,
    refused(`The object's key is ${key}; a fax comes as incoming/<site>/<fax id>.tif.`),
  )
}

async function addOrGet({ ledger }: ReceiveDependencies, opened: FaxRecord): Promise<FaxRecord> {
  if (await ledger.addFax(opened)) return opened
  const record = await ledger.getFax(opened.id)
  if (record === undefined)
    throw new Error(`The ledger refused fax ${opened.id} as known, and does not have it.`)
  return record
}

/** Killed between the ledger and the notice, an event comes again; a duplicate tells what is told already. */
async function again({ tell }: ReceiveDependencies, known: FaxRecord): Promise<FaxRecord> {
  await tellOf(tell, known)
  return known
}

async function tellOf(tell: Tell, { id, state, remarks }: FaxRecord): Promise<void> {
  if (state === 'simulated') return
  const causes: NoticeEvent['cause'][] = []
  if (state === 'unrouted' || state === 'refused' || state === 'missed') causes.push(state)
  if (remarksOf({ remarks }).length > 0) causes.push('damaged')
  for (const cause of causes) await tell({ cause, faxId: id })
}

async function end(dependencies: ReceiveDependencies, record: FaxRecord, ending: FaxEnd): Promise<FaxRecord> {
  const closed = closeFax(record, ending, dependencies.now())
  if (!(await dependencies.ledger.replaceFax(closed))) return endedElsewhere(dependencies, closed)
  // No fax was received, so none is counted, and nobody is to be told.
  if (closed.state === 'simulated') return closed
  if (closed.state !== 'missed') dependencies.count('FaxesReceived')
  if (closed.state === 'missed' || hasBrokenOff(closed.facts)) dependencies.count('ReceptionsFailed')
  if (closed.state === 'unrouted') dependencies.count('FaxesUnrouted')
  if (closed.state === 'refused') dependencies.count('FaxesRefused')
  const { convertMilliseconds } = closed
  if (convertMilliseconds !== undefined) dependencies.count('ConversionTime', { value: convertMilliseconds })
  await tellOf(dependencies.tell, closed)
  return closed
}

/** A duplicate of this event was faster, and counted. Whether it lived to tell is not known; what is told twice is told once. */
async function endedElsewhere(dependencies: ReceiveDependencies, { id }: FaxRecord): Promise<FaxRecord> {
  const standing = await dependencies.ledger.getFax(id)
  if (standing !== undefined && standing.state !== 'received') return again(dependencies, standing)
  throw new Error(`The ledger refused the end of fax ${id}, and has none; its event comes again.`)
}

function isSimulated({ facts }: FaxRecord): boolean {
  return facts.simulated !== undefined
}

function refused(reason: string): FaxEnd {
  return { state: 'refused', reason }
}

/** What the pages themselves do not show. */
function saidByThePbx(remarks: readonly Remark[], { error = 'FAILED' }: Facts): string[] {
  return remarks.flatMap((remark) => {
    if (remark.remark === 'call-broke-off')
      return [`The call broke off, so pages may be missing at the end; the PBX says: ${error}.`]
    if (remark.remark !== 'pages-missing') return []
    return [`The PBX counted ${remark.counted} pages, and the file has ${remark.found}.`]
  })
}

function whyMissed({ status, error }: Facts): string {
  if (status === undefined) return 'The file is empty, and the PBX did not say why.'
  const said = error === undefined ? status : `${status}, ${error}`
  return `Somebody called, and no page was received; the PBX says: ${said}.`
}

function whyUnrouted(destination: string | undefined): string {
  if (destination === undefined) return 'The PBX did not say which number was dialled.'
  return `The routing table has no section [dstnum_${destination}] and no [dstnum_default].`
}
