import { createHash, X509Certificate } from 'node:crypto'
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { isIP } from 'node:net'
import { join } from 'node:path'

/** Of the local FTP servers, in PEM. */
export interface Certificates {
  authority: string
  certificate: string
  privateKey: string
}

const DAY_MILLISECONDS = 86_400_000
const LIFETIME_DAYS = 825
const RENEW_DAYS = 30

/**
 * A certificate for all of `hosts`, from an authority that exists in this folder only. Both are kept, and renewed when the hosts have
 * changed or the end is near. The authority's key is not kept: nothing else can be signed with it.
 */
export async function ensureCertificates(
  folder: string,
  hosts: readonly string[],
  now: Date,
): Promise<Certificates> {
  const kept = await readKept(folder)
  if (kept !== undefined && serves(kept, hosts, now)) return kept
  const made = await makeCertificates(hosts, now)
  await mkdir(folder, { recursive: true, mode: 0o700 })
  await replaceFile(join(folder, 'certificates.json'), JSON.stringify(made, undefined, 2))
  return made
}

async function readKept(folder: string): Promise<Certificates | undefined> {
  try {
    return JSON.parse(await readFile(join(folder, 'certificates.json'), 'utf8'))
  } catch {
    return undefined
  }
}

function serves({ certificate, authority }: Certificates, hosts: readonly string[], now: Date): boolean {
  try {
    const parsed = new X509Certificate(certificate)
    const isFresh = Date.parse(parsed.validTo) - now.getTime() > RENEW_DAYS * DAY_MILLISECONDS
    const names = hosts.map((host) => (isIP(host) === 0 ? parsed.checkHost(host) : parsed.checkIP(host)))
    return (
      isFresh &&
      names.every((name) => name !== undefined) &&
      parsed.checkIssued(new X509Certificate(authority))
    )
  } catch {
    return false
  }
}

async function makeCertificates(hosts: readonly string[], now: Date): Promise<Certificates> {
  const { generate } = await import('selfsigned')
  const validity = {
    keyType: 'ec',
    algorithm: 'sha256',
    notBeforeDate: new Date(now.getTime() - DAY_MILLISECONDS),
    notAfterDate: new Date(now.getTime() + LIFETIME_DAYS * DAY_MILLISECONDS),
  } as const
  // A name of its own for each: two authorities of one name and different keys would be mistaken for each other.
  const mark = createHash('sha256')
    .update(`${now.toISOString()} ${hosts.join(' ')}`)
    .digest('hex')
    .slice(0, 8)
  const authority = await generate([{ name: 'commonName', value: `faxlane local authority ${mark}` }], {
    ...validity,
    extensions: [
      { name: 'basicConstraints', cA: true, critical: true },
      { name: 'keyUsage', keyCertSign: true, critical: true },
    ],
  })
  const server = await generate([{ name: 'commonName', value: 'faxlane local FTP server' }], {
    ...validity,
    ca: { key: authority.private, cert: authority.cert },
    extensions: [
      { name: 'basicConstraints', cA: false, critical: true },
      { name: 'keyUsage', digitalSignature: true, critical: true },
      { name: 'extKeyUsage', serverAuth: true },
      {
        name: 'subjectAltName',
        altNames: hosts.map((host) => (isIP(host) === 0 ? { type: 2, value: host } : { type: 7, ip: host })),
      },
    ],
  })
  return { authority: authority.cert, certificate: server.cert, privateKey: server.private }
}

async function replaceFile(file: string, text: string): Promise<void> {
  const unfinished = `${file}.${process.pid}.new`
  await writeFile(unfinished, text, { mode: 0o600 })
  await rename(unfinished, file)
}
