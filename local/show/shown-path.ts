import { isAbsolute, relative } from 'node:path'

/** A path as a person would type it: from where they are when it is below that, else from the root. */
export function shownPath(from: string, path: string): string {
  const below = relative(from, path)
  return below.startsWith('..') || isAbsolute(below) ? path : below || '.'
}
