import { isIP } from 'node:net'
import { Readable } from 'node:stream'
import { Client, FTPError } from 'basic-ftp'
import type { BackendOf } from '../../../shared/routing-table/deployed-table.ts'
import { enterDirectory } from './directory.ts'

export type FtpServer = Pick<BackendOf<'ftp'>, 'host' | 'port' | 'username' | 'directory' | 'tls' | 'tlsCa'>

export interface UploadRequest {
  server: FtpServer
  password: string
  fileName: string
  bytes: Uint8Array
  /** Ends the whole upload, wherever it stands. */
  signal: AbortSignal
}

/** How far an upload got: what a reply or an error means depends on it. */
export type UploadStep =
  | 'connect'
  | 'encrypt the connection'
  | 'log in'
  | 'prepare the transfer'
  | 'enter the directory'
  | 'upload'
  | 'check the upload'
  | 'rename the upload'

/** An upload ended here, for this reason. */
export class UploadError extends Error {
  readonly step: UploadStep
  override readonly cause: unknown

  constructor(step: UploadStep, cause: unknown) {
    super(`FTP: could not ${step}`)
    this.step = step
    this.cause = cause
  }
}

/** The server stored another number of bytes than were sent. */
export class IncompleteUpload extends Error {}

/** Silence of the server, on the control connection or during the transfer, after which it counts as gone. */
const SILENCE_MILLISECONDS = 30_000

const PIECE_BYTES = 65_536

/**
 * Puts a file into the server's folder under a temporary name and renames it when it is whole, so that nobody reads half of
 * it. A repetition replaces what it left before. Every error is an {@link UploadError}.
 */
export async function uploadFile(request: UploadRequest): Promise<void> {
  const { signal } = request
  const client = new Client(SILENCE_MILLISECONDS)
  let step: UploadStep = 'connect'
  let onAbort = () => {}
  // basic-ftp has no time limit of its own on a TLS handshake, and closing it may leave its promise open for ever.
  const aborted = new Promise<never>((_, reject) => {
    onAbort = () => reject(signal.reason)
  })
  signal.addEventListener('abort', onAbort, { once: true })
  try {
    signal.throwIfAborted()
    const work = run(client, request, (next) => {
      step = next
    })
    await Promise.race([work, aborted])
  } catch (error) {
    throw new UploadError(step, error)
  } finally {
    signal.removeEventListener('abort', onAbort)
    client.close()
  }
}

async function run(
  client: Client,
  request: UploadRequest,
  onStep: (step: UploadStep) => void,
): Promise<void> {
  const { server, password, fileName, bytes } = request
  onStep('connect')
  if (server.tls === 'implicit') await client.connectImplicitTLS(server.host, server.port, tlsOptions(server))
  else await client.connect(server.host, server.port)
  onStep('encrypt the connection')
  if (server.tls === 'explicit') await client.useTLS(tlsOptions(server))
  onStep('log in')
  // Before the login: the user name or the password may be more than ASCII.
  await client.sendIgnoringError('OPTS UTF8 ON')
  await client.login(server.username, password)
  onStep('prepare the transfer')
  await client.useDefaultSettings()
  onStep('enter the directory')
  if (server.directory !== undefined) await enterDirectory(client, server.directory)
  onStep('upload')
  const temporaryName = await store(client, fileName, bytes)
  try {
    onStep('check the upload')
    await checkSize(client, temporaryName, bytes.byteLength)
    onStep('rename the upload')
    await rename(client, temporaryName, fileName)
  } catch (error) {
    await removeIfPossible(client, temporaryName)
    throw error
  }
}

function tlsOptions({ host, tlsCa }: FtpServer) {
  return {
    host,
    // Without a name in the handshake (SNI) a server of many names shows the wrong certificate. An address can't be one.
    ...(isIP(host) === 0 ? { servername: host } : {}),
    ...(tlsCa === undefined ? {} : { ca: tlsCa }),
  }
}

/** Stores the bytes under a temporary name that belongs to this fax alone, and returns the name. */
async function store(client: Client, fileName: string, bytes: Uint8Array): Promise<string> {
  // The dot keeps it out of listings and out of the reach of programs that take `*` or `*.pdf`; the ending, of those that take all.
  const hidden = `.${fileName}.part`
  try {
    return await storeAs(client, hidden, bytes)
  } catch (error) {
    // Pure-FTPd (ProhibitDotFilesWrite) and ProFTPD (PathDenyFilter) can be told to refuse a leading dot.
    if (!(error instanceof FTPError && (error.code === 550 || error.code === 553))) throw error
    return await storeAs(client, `${fileName}.part`, bytes)
  }
}

async function storeAs(client: Client, name: string, bytes: Uint8Array): Promise<string> {
  try {
    await client.uploadFrom(Readable.from(piecesOf(bytes), { objectMode: false }), name)
    return name
  } catch (error) {
    await removeIfPossible(client, name)
    throw error
  }
}

/** Node counts a piece as sent when it is handed over: all in one, a slow line would look like one that stands still. */
function* piecesOf(bytes: Uint8Array): Generator<Uint8Array> {
  for (let start = 0; start < bytes.byteLength; start += PIECE_BYTES) {
    yield bytes.subarray(start, start + PIECE_BYTES)
  }
}

/** SIZE is RFC 3659, and optional: a server that does not answer with a number is taken at its word (226). */
async function checkSize(client: Client, name: string, sizeBytes: number): Promise<void> {
  const reply = await client.sendIgnoringError(`SIZE ${name}`)
  const stored = /^213 (\d+)/.exec(reply.message)?.[1]
  if (stored !== undefined && Number(stored) !== sizeBytes) {
    throw new IncompleteUpload(`The server has ${stored} of ${sizeBytes} bytes.`)
  }
}

async function rename(client: Client, from: string, to: string): Promise<void> {
  await client.send(`RNFR ${from}`)
  const refused = await client.sendIgnoringError(`RNTO ${to}`)
  if (refused.code < 400) return
  // IIS and others do not rename onto a file that is there. It can only be an earlier copy of this very fax.
  const inTheWay = refused.code >= 500 && (await client.sendIgnoringError(`DELE ${to}`)).code < 400
  if (!inTheWay) throw new FTPError(refused)
  await client.rename(from, to)
}

/** After a broken connection this is not possible; the next attempt then writes over what stayed. */
async function removeIfPossible(client: Client, name: string): Promise<void> {
  if (client.closed) return
  // The failure that led here is the one to report.
  await client.sendIgnoringError(`DELE ${name}`).catch(() => undefined)
}
