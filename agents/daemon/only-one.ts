import { createHash } from 'node:crypto'
import { connect, createServer } from 'node:net'
import { resolve } from 'node:path'

/** Another daemon works on the same state folder. */
export class NotTheOnlyOneError extends Error {
  override readonly name = 'NotTheOnlyOneError'
}

/**
 * Sees to it that one daemon at a time works on a state folder; gives the way to let go. The lock is a name among Linux's abstract
 * sockets: the kernel gives it to one process and takes it back when that ends, however it ends, so none is left behind by a kill
 * or by a power cut, and no process id has to be trusted. Nobody is let in by it.
 */
export function onlyOne(stateFolder: string): Promise<() => Promise<void>> {
  const server = createServer((caller) => caller.destroy())
  return new Promise((held, refused) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const isHeldByOther = error.code === 'EADDRINUSE'
      refused(
        isHeldByOther
          ? new NotTheOnlyOneError(
              `Another agent works on ${stateFolder}. Stop it first, or give this one another state_folder.`,
            )
          : error,
      )
    })
    server.listen(nameOf(stateFolder), () => {
      // It must not keep a process alive that has nothing else to do.
      server.unref()
      held(() => new Promise((released) => server.close(() => released())))
    })
  })
}

/** Whether a daemon works on the state folder now. */
export function isOneRunning(stateFolder: string): Promise<boolean> {
  return new Promise((answer) => {
    const caller = connect(nameOf(stateFolder))
    caller.once('connect', () => {
      caller.destroy()
      answer(true)
    })
    caller.once('error', () => answer(false))
  })
}

function nameOf(stateFolder: string): string {
  const digest = createHash('sha256').update(resolve(stateFolder)).digest('hex')
  return `\0faxlane-${digest.slice(0, 32)}`
}
