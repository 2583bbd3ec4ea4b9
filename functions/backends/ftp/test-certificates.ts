import { generate } from 'selfsigned'

export interface TestCertificates {
  /** PEM of the private authority. */
  ca: string
  /** The server's, signed by it. */
  cert: string
  key: string
}

/** A private authority and the certificate of a server at 127.0.0.1, both made for this run of the tests. */
export async function makeTestCertificates(
  names: { dns: string; address?: string } = { dns: 'localhost', address: '127.0.0.1' },
): Promise<TestCertificates> {
  const authority = await generate([{ name: 'commonName', value: 'faxlane test authority' }], {
    keySize: 2048,
    extensions: [
      { name: 'basicConstraints', cA: true, critical: true },
      { name: 'keyUsage', keyCertSign: true, cRLSign: true, critical: true },
    ],
  })
  const altNames = [
    { type: 2 as const, value: names.dns },
    ...(names.address === undefined ? [] : [{ type: 7 as const, ip: names.address }]),
  ]
  const server = await generate([{ name: 'commonName', value: names.dns }], {
    keySize: 2048,
    ca: { key: authority.private, cert: authority.cert },
    extensions: [
      { name: 'basicConstraints', cA: false },
      { name: 'subjectAltName', altNames },
    ],
  })
  return { ca: authority.cert, cert: server.cert, key: server.private }
}
