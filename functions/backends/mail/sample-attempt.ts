import type { RoutedFax } from '../../../shared/messages.ts'
import type { Attempt } from '../../deliver/attempt.ts'

type Changes = Partial<Omit<Attempt<'mail'>, 'fax' | 'backend'>> & {
  facts?: Partial<RoutedFax['facts']>
  remarks?: RoutedFax['remarks']
  backend?: Partial<Attempt<'mail'>['backend']>
}

/** An attempt for the tests: one recipient, a plain fax, and what is given changed. */
export function sampleAttempt({ facts, remarks, backend, ...changes }: Changes = {}): Attempt<'mail'> {
  return {
    fax: {
      id: '20260702T093012Z-0123456789ab',
      site: 'main',
      facts: {
        source: '+41445550199',
        destination: '100',
        stationId: 'ACME FAX',
        receivedAt: '2026-07-02T09:30:12Z',
        ...facts,
      },
      pages: 2,
      ...(remarks && { remarks }),
      tiffKey: 'incoming/main/20260702T093012Z-0123456789ab.tif',
      pdfKey: 'pdf/main/20260702T093012Z-0123456789ab.pdf',
    },
    backend: {
      kind: 'mail',
      name: 'mail',
      subject: ['FAX reception to ', { variable: 'dstnum' }],
      body: ['A fax of ', { variable: 'pages' }, ' pages from ', { variable: 'srcnum' }, '.\n\nRegards'],
      from: { address: 'no-reply+fax@example.org', name: 'Fax' },
      format: 'pdf',
      ...backend,
    },
    recipients: ['reception@example.org'],
    timeZone: 'Europe/Zurich',
    attempt: 1,
    maybeDelivered: false,
    ...changes,
  }
}
