const KEPT_CHARACTERS = 3

/**
 * A phone number as a log may hold it: the end of it, enough to find a call again and too little to tell whose it was.
 * Short numbers keep less, so that the hidden part is never the smaller one. The number of stars says nothing of the length.
 */
export function maskNumber(number: string): string {
  const characters = Array.from(number)
  const kept = Math.min(KEPT_CHARACTERS, Math.floor(characters.length / 2))
  return `***${characters.slice(characters.length - kept).join('')}`
}
