import type { Server } from 'node:net'

/** Listens on 127.0.0.1: on `wantedPort` where it is free, else on any. Gives the port. */
export async function listenOnLoopback(server: Server, wantedPort = 0): Promise<number> {
  try {
    await listen(server, wantedPort)
  } catch (error) {
    const isTaken = error instanceof Error && 'code' in error && error.code === 'EADDRINUSE'
    if (!isTaken || wantedPort === 0) throw error
    await listen(server, 0)
  }
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('The server listens on no port.')
  return address.port
}

function listen(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, '127.0.0.1', () => {
      server.removeListener('error', reject)
      resolve()
    })
  })
}
