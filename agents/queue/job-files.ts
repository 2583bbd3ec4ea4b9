/** The files that jobs name. */
export interface JobFiles {
  /** Writes the object to a new file, which is its owner's alone. `missing`: there is no such object. */
  fetch: (key: string, path: string) => Promise<'fetched' | 'missing'>
}
