import { expect, it } from 'vitest'
import { parseCupsServer } from './cups-server.ts'

it.each([
  ['cups.example.org', { host: 'cups.example.org', port: 631 }],
  ['127.0.0.1:6310', { host: '127.0.0.1', port: 6310 }],
  ['[::1]:631', { host: '::1', port: 631 }],
  ['[fe80::1]', { host: 'fe80::1', port: 631 }],
  ['/run/cups/other.sock', { socketPath: '/run/cups/other.sock' }],
  ['', undefined],
  ['host:0', undefined],
  ['host:65536', undefined],
  ['http://host', undefined],
  ['host name', undefined],
  ['-host', undefined],
])('%j is %j', (written, server) => {
  expect(parseCupsServer(written)).toEqual(server)
})

it('is the socket of this machine where nothing is written, or the port where there is none', () => {
  expect(parseCupsServer(undefined, () => true)).toEqual({ socketPath: '/run/cups/cups.sock' })
  expect(parseCupsServer(undefined, () => false)).toEqual({ host: '127.0.0.1', port: 631 })
})
