import { siteSchema } from '../../shared/object-keys.ts'

/**
 * The site whose agents sent what came by this queue. They alone may send to it, by their roles; what a message says of its site would be
 * the word of whoever has the machine.
 */
export function reportingSite(queueArn: string, prefix: string): string {
  const site = siteSchema.safeParse(queueArn.startsWith(prefix) ? queueArn.slice(prefix.length) : undefined)
  if (site.success) return site.data
  throw new Error(`Messages come from ${queueArn}; those of agents come from ${prefix}SITE.`)
}

/** A report that changes nothing, and why. */
export interface Refusal {
  refused: string
}

/** What a site was never given is not its to end: a mail would not go out, another site's fax not be printed or sent. */
export function refusal(site: string, what: string): Refusal {
  return { refused: `The agents of site ${site} were not given ${what}.` }
}
