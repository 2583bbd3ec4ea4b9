import {
  type Backend,
  type BackendOf,
  DEFAULT_RETRY_PLAN,
} from '../../shared/routing-table/deployed-table.ts'
import { templateSource } from '../../shared/routing-table/template.ts'
import type { Fact } from '../terminal/facts.ts'

/** A backend, and whom its mails would go to. */
export interface PlannedDelivery {
  backend: Backend
  recipients: readonly string[]
}

/** What a reader wants to know of a delivery before it is made. */
export function factsOfDelivery(delivery: PlannedDelivery): Fact[] {
  const { fallback } = delivery.backend
  return [
    ...factsOfKind(delivery),
    ...retryOf(delivery.backend),
    ...(fallback === undefined ? [] : [['then', `delivered by ${fallback} instead`] as const]),
  ]
}

/** How long it is tried. */
function retryOf(backend: Backend): Fact[] {
  if (backend.kind === 'log') return []
  if (backend.kind === 'printer') {
    return [
      [
        'given up',
        `after ${duration(backend.expiresAfterSeconds ?? DEFAULT_EXPIRY_SECONDS)} without printing`,
      ],
    ]
  }
  const { forSeconds, firstSeconds, longestSeconds } = backend.retry ?? DEFAULT_RETRY_PLAN
  if (forSeconds === 0) return [['given up', 'after the first attempt']]
  return [
    [
      'given up',
      `after ${duration(forSeconds)}, tried again after ${duration(firstSeconds)} and then ever more rarely, every ${duration(longestSeconds)} in the end`,
    ],
  ]
}

function factsOfKind({ backend, recipients }: PlannedDelivery): Fact[] {
  switch (backend.kind) {
    case 'mail':
      return factsOfMail(backend, recipients)
    case 'ftp':
      return factsOfFtp(backend)
    case 'printer':
      return factsOfPrinter(backend)
    case 'log':
      return [
        ['line', templateSource(backend.message)],
        ['log group', `/NAME/faxes/${backend.name}, with the name of the deployment`],
      ]
  }
}

const FORMATS = { pdf: 'PDF', tiff: 'the TIFF as received' } as const

function factsOfMail({ from, subject, format }: BackendOf<'mail'>, recipients: readonly string[]): Fact[] {
  return [
    ['mail to', recipients.join(', ')],
    ['from', `${from.name} <${from.address}>`],
    ['subject', templateSource(subject)],
    ['attached', FORMATS[format]],
  ]
}

function factsOfFtp(backend: BackendOf<'ftp'>): Fact[] {
  return [
    ['server', `${backend.host}, port ${backend.port}, ${TLS[backend.tls]}`],
    ['login', `${backend.username}, password in the secret ${backend.passwordSecret}`],
    ['folder', backend.directory ?? 'the one that the login leads to'],
    ['file', FORMATS[backend.format]],
  ]
}

function factsOfPrinter(backend: BackendOf<'printer'>): Fact[] {
  const { printer, site, format, options } = backend
  return [
    ['printer', `${printer ?? "CUPS's default printer"} at site ${site}`],
    ['printed', FORMATS[format]],
    ...(options === undefined ? [] : [['options', options.join(' ')] as const]),
  ]
}

const TLS = {
  explicit: 'TLS (AUTH TLS)',
  implicit: 'TLS from the start',
  off: 'without TLS',
} as const satisfies Record<BackendOf<'ftp'>['tls'], string>

/** What the print agent does where the table says nothing. */
const DEFAULT_EXPIRY_SECONDS = 86_400

function duration(seconds: number): string {
  if (seconds % 86_400 === 0) return `${seconds / 86_400} d`
  if (seconds % 3600 === 0) return `${seconds / 3600} h`
  return seconds % 60 === 0 ? `${seconds / 60} min` : `${seconds} s`
}
