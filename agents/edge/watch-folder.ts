import { type FSWatcher, watch } from 'node:fs'
import type { Log } from '../log.ts'

/** So long after the watch broke off it is tried again; the scans go on meanwhile. */
const AGAIN_MILLISECONDS = 30_000

/**
 * Tells of names that change in a folder. It may miss some (the kernel's queue overflows, the folder is replaced) and may not
 * work at all (no inotify watches left): it saves waiting for the next scan, and nothing depends on it.
 */
export function watchFolder(
  { log }: { log: Log },
  folder: string,
): (onChange: (name: string | undefined) => void) => () => void {
  return (onChange) => {
    let watcher: FSWatcher | undefined
    let timer: NodeJS.Timeout | undefined
    const again = (reason: string) => {
      watcher?.close()
      watcher = undefined
      log('spool-not-watched', { reason }, 'warning')
      clearTimeout(timer)
      timer = setTimeout(begin, AGAIN_MILLISECONDS)
    }
    const begin = () => {
      try {
        watcher = watch(folder, { persistent: false }, (_, name) => onChange(name ?? undefined))
        watcher.on('error', (error) => again(error.message))
        // Whatever came before the watch began was not told.
        onChange(undefined)
      } catch (error) {
        again((error as Error).message)
      }
    }
    begin()
    return () => {
      clearTimeout(timer)
      watcher?.close()
    }
  }
}
