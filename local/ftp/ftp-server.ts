import { EventEmitter } from 'node:events'
import { mkdir } from 'node:fs/promises'
import { Server, Socket } from 'node:net'
import type { FtpServer as FtpSrv } from 'ftp-srv'

export interface FtpServerOptions {
  /** What a login leads to. */
  folder: string
  tls: { kind: 'off' } | { kind: 'explicit' | 'implicit'; certificate: string; privateKey: string }
  /** Undefined: nobody of that name may log in. */
  passwordOf(username: string): Promise<string | undefined>
}

export interface FtpServer {
  port: number
  close(): Promise<void>
}

/** An FTP server on a port of 127.0.0.1 that stores files below one folder. */
export async function startFtpServer({ folder, tls, passwordOf }: FtpServerOptions): Promise<FtpServer> {
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const server = await makeServer({
    url: `${tls.kind === 'implicit' ? 'ftps' : 'ftp'}://127.0.0.1:0`,
    pasv_url: '127.0.0.1',
    tls: tls.kind === 'off' ? false : { cert: tls.certificate, key: tls.privateKey },
    log: SILENT,
  })
  server.on('login', ({ username, password }, resolve, reject) => {
    passwordOf(username)
      .then((expected) =>
        expected !== undefined && expected === password
          ? resolve({ root: folder })
          : reject(new LoginRefused()),
      )
      .catch(reject)
  })
  await server.listen()
  return { port: portOf(server), close: () => closeServer(server) }
}

class LoginRefused extends Error {
  override name = 'LoginRefused'
  /** ftp-srv answers with it. */
  readonly code = 530
  constructor() {
    super('Login incorrect.')
  }
}

async function makeServer(options: ConstructorParameters<typeof FtpSrv>[0]): Promise<FtpSrv> {
  const { FtpSrv: Constructor } = (await import('ftp-srv')).default as unknown as { FtpSrv: typeof FtpSrv }
  const server = withoutSignalHandlers(() => new Constructor(options))
  // ftp-srv counts passive ports up from 1024 and gives up after five that are taken: the system knows a free one at once.
  Object.assign(server, { getNextPasvPort: () => Promise.resolve(0) })
  // A client that goes away is its own affair; without a listener Node would take it for ours.
  server.on('client-error', () => {})
  if (options?.tls) EventEmitter.prototype.on.call(server, 'connect', listenAboveTls)
  return server
}

/**
 * ftp-srv answers AUTH, then begins with TLS, and goes on listening to the socket below it: on a busy machine bytes of the handshake are
 * read as a command, and every reply after that answers the command before. So its listener moves from the one socket to the other.
 */
function listenAboveTls({ connection }: { connection: object }): void {
  const socket: unknown = Reflect.get(connection, 'commandSocket')
  if (!(socket instanceof Socket)) return
  const commands = socket.listeners('data')
  let current: Socket = socket
  Object.defineProperty(connection, 'commandSocket', {
    get: () => current,
    set(secure: Socket) {
      current = secure
      for (const listener of commands) secure.on('data', (bytes) => listener(bytes))
    },
  })
  socket.on('data', (bytes: Buffer) => {
    if (!/^AUTH TLS\r\n$/i.test(bytes.toString('latin1'))) return
    socket.removeAllListeners('data')
    // What comes before TLS is there waits in the socket, where TLS finds it.
    socket.pause()
  })
}

/** ftp-srv ends the whole process, with status 0, at SIGINT, SIGTERM and SIGQUIT. The gateway ends itself. */
function withoutSignalHandlers<Made>(make: () => Made): Made {
  const signals = ['SIGINT', 'SIGTERM', 'SIGQUIT'] as const
  const before = new Map(signals.map((signal) => [signal, new Set(process.listeners(signal))]))
  const made = make()
  for (const signal of signals) {
    for (const listener of process.listeners(signal)) {
      if (!before.get(signal)?.has(listener)) process.removeListener(signal, listener)
    }
  }
  return made
}

function portOf(server: FtpSrv): number {
  const inner: unknown = Reflect.get(server, 'server')
  const address = inner instanceof Server ? inner.address() : null
  if (address === null || typeof address === 'string')
    throw new Error('The local FTP server listens on no port.')
  return address.port
}

async function closeServer(server: FtpSrv): Promise<void> {
  await server.close()
}

const ignore = () => {}
/** ftp-srv logs every command to the standard output otherwise. */
const SILENT = {
  trace: ignore,
  debug: ignore,
  info: ignore,
  warn: ignore,
  error: ignore,
  child: () => SILENT,
}
