/** The files that print jobs name. */
export interface PrintFiles {
  /** Writes the object to a new file. `missing`: there is no such object. */
  fetch: (key: string, path: string) => Promise<'fetched' | 'missing'>
}
