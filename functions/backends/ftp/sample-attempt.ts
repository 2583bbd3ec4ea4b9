import type { Attempt } from '../../deliver/attempt.ts'

/** An attempt for the tests, to a server on the loopback. */
export function sampleAttempt(backend: Partial<Attempt<'ftp'>['backend']> = {}): Attempt<'ftp'> {
  return {
    fax: {
      id: '20260702T093012Z-0123456789ab',
      site: 'main',
      facts: { source: '+41445550199', destination: '100', receivedAt: '2026-07-02T09:30:12Z' },
      pages: 2,
      tiffKey: 'incoming/main/20260702T093012Z-0123456789ab.tif',
      pdfKey: 'pdf/main/20260702T093012Z-0123456789ab.pdf',
    },
    backend: {
      kind: 'ftp',
      name: 'ftp_example_org',
      host: '127.0.0.1',
      port: 21,
      username: 'foo',
      passwordSecret: 'ftp-example-org',
      tls: 'off',
      format: 'pdf',
      ...backend,
    },
    recipients: [],
    timeZone: 'Europe/Zurich',
    attempt: 1,
    maybeDelivered: false,
  }
}

export const SAMPLE_FILE_STEM = '100-+41445550199-1782984612-6789ab'
