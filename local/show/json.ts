import type { Show } from './events.ts'

export function makeJsonShow(write: (text: string) => void): Show {
  return (event) => write(`${JSON.stringify(event)}\n`)
}
