/**
 * Preloaded (node --import) into each local function: no socket of the function leaves this machine. A host and port of
 * the routing table's FTP backends lead to the local FTP server instead, and the local certificate authority is
 * trusted there, beside the one that a backend names itself.
 *
 * FAXLANE_LOOPBACK: JSON, { redirects: [{ host, port, toPort }], certificateAuthority?: PEM }
 */
import dgram from 'node:dgram'
import { syncBuiltinESMExports } from 'node:module'
import net from 'node:net'
import process from 'node:process'
import tls from 'node:tls'

const { redirects = [], certificateAuthority } = JSON.parse(process.env.FAXLANE_LOOPBACK ?? '{}')

const connectSocket = net.Socket.prototype.connect
net.Socket.prototype.connect = function connectOnLoopback(...callArguments) {
  const { options, listener } = connectArguments(callArguments)
  // A path is a local socket, and null where node:http says that there is none.
  if (typeof options.path === 'string') return connectSocket.apply(this, callArguments)
  const host = String(options.host ?? 'localhost')
  const port = Number(options.port)
  const redirect = redirects.find((candidate) => sameHost(candidate.host, host) && candidate.port === port)
  if (redirect !== undefined) {
    return connectSocket.call(this, { ...options, host: '127.0.0.1', port: redirect.toPort }, listener)
  }
  if (isLoopback(host)) return connectSocket.apply(this, callArguments)
  this.connecting = true
  process.nextTick(() => this.destroy(refusal(host, port)))
  return this
}

const connectTls = tls.connect
tls.connect = (...callArguments) =>
  connectTls(
    ...callArguments.map((argument) =>
      typeof argument === 'object' && argument !== null
        ? trustLocalServer(argument, callArguments)
        : argument,
    ),
  )

for (const method of ['connect', 'send']) {
  dgram.Socket.prototype[method] = () => {
    throw refusal('a datagram', 'any')
  }
}
syncBuiltinESMExports()

/** node:net takes (options), (port, host), (path), each with a listener, and from its own callers one array of both. */
function connectArguments(callArguments) {
  const [first, second] = Array.isArray(callArguments[0]) ? callArguments[0] : callArguments
  const listener = [...callArguments, second].find((argument) => typeof argument === 'function')
  if (typeof first === 'object' && first !== null) return { options: first, listener }
  if (typeof first === 'string' && !/^\d+$/.test(first)) return { options: { path: first }, listener }
  return { options: { port: first, ...(typeof second === 'string' ? { host: second } : {}) }, listener }
}

function trustLocalServer(options, callArguments) {
  const positional = typeof callArguments[1] === 'string' ? callArguments[1] : undefined
  const host = options.host ?? positional ?? options.servername
  const isRedirected = redirects.some((candidate) => sameHost(candidate.host, String(host)))
  if (certificateAuthority === undefined || !isRedirected) return options
  return { ...options, ca: [options.ca ?? [], certificateAuthority].flat() }
}

function sameHost(one, other) {
  return one.toLowerCase() === other.toLowerCase()
}

function isLoopback(host) {
  return host.toLowerCase() === 'localhost' || host === '::1' || /^127(\.\d{1,3}){3}$/.test(host)
}

function refusal(host, port) {
  const error = new Error(
    `The local gateway lets no function connect to another machine: ${host} port ${port} was refused. A deployment connects to it.`,
  )
  return Object.assign(error, { code: 'ERR_NOT_LOOPBACK', syscall: 'connect', address: host, port })
}
