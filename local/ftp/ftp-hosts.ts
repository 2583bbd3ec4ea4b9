import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { passwordFrom } from '../../functions/backends/ftp/password.ts'
import type { BackendOf } from '../../shared/routing-table/deployed-table.ts'
import type { Redirect } from '../lambda/environment.ts'
import { isLoopback } from '../loopback.ts'
import { ensureCertificates } from './certificates.ts'
import { type FtpServer, startFtpServer } from './ftp-server.ts'

type FtpBackend = BackendOf<'ftp'>

export interface FtpHostsOptions {
  /** Files of a host are in HOST below it. */
  folder: string
  tlsFolder: string
}

/** The secrets that hold the backends' passwords. */
export interface Secrets {
  /** Undefined while it has no value. */
  read(name: string): Promise<string | undefined>
  put(name: string, value: string): Promise<void>
}

export interface FtpHosts {
  /** Where connections to the hosts of the table lead. */
  redirects: Redirect[]
  /** Of the certificates there; absent when no backend uses TLS. */
  certificateAuthority?: string
  close(): Promise<void>
}

/**
 * Stands in for the FTP servers of the table: one server for each host and port. A backend whose host is this machine anyway is the
 * user's own server, and is left alone.
 */
export async function startFtpHosts(
  secrets: Secrets,
  backends: readonly FtpBackend[],
  { folder, tlsFolder }: FtpHostsOptions,
): Promise<FtpHosts> {
  const foreign = backends.filter(({ host }) => !isLoopback(host))
  for (const secret of new Set(foreign.map(({ passwordSecret }) => passwordSecret))) {
    // An admin's own value stays: the local server asks for whatever the secret says.
    if ((await secrets.read(secret)) === undefined)
      await secrets.put(secret, randomBytes(12).toString('base64url'))
  }
  const secured = foreign.filter(({ tls }) => tls !== 'off').map(({ host }) => host.toLowerCase())
  const certificates =
    secured.length === 0
      ? undefined
      : await ensureCertificates(tlsFolder, [...new Set(secured)].sort(), new Date())
  const servers: FtpServer[] = []
  const redirects: Redirect[] = []
  for (const ofServer of groupByServer(foreign)) {
    const { host, port } = ofServer[0]
    const kind = ofServer.find(({ tls }) => tls !== 'off')?.tls ?? 'off'
    const server = await startFtpServer({
      folder: join(folder, folderOfHost(host)),
      tls: kind === 'off' || certificates === undefined ? { kind: 'off' } : { kind, ...certificates },
      passwordOf: (username) => passwordOf(secrets, ofServer, username),
    })
    servers.push(server)
    redirects.push({ host, port, toPort: server.port })
  }
  return {
    redirects,
    ...(certificates === undefined ? {} : { certificateAuthority: certificates.authority }),
    async close() {
      await Promise.all(servers.map((server) => server.close()))
    },
  }
}

/** Host names come from the routing table: whatever could lead out of the folder, or is no part of a name, becomes a hyphen. */
export function folderOfHost(host: string): string {
  const name = host
    .toLowerCase()
    .replaceAll(/[^a-z0-9.-]/g, '-')
    .replace(/^\.+/, '')
  return name === '' ? 'unnamed' : name
}

type Group = [FtpBackend, ...FtpBackend[]]

function groupByServer(backends: readonly FtpBackend[]): Group[] {
  const groups = new Map<string, Group>()
  for (const backend of backends) {
    const key = `${backend.host.toLowerCase()} ${backend.port}`
    const group = groups.get(key)
    if (group === undefined) groups.set(key, [backend])
    else group.push(backend)
  }
  return [...groups.values()]
}

async function passwordOf(
  secrets: Secrets,
  backends: readonly FtpBackend[],
  username: string,
): Promise<string | undefined> {
  const backend = backends.find((candidate) => candidate.username === username)
  if (backend === undefined) return undefined
  const value = await secrets.read(backend.passwordSecret)
  return value === undefined ? undefined : passwordFrom(backend.passwordSecret, value)
}
