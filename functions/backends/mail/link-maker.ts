import type { LinkStore } from '../../download/link-store.ts'
import { digestOfToken, makeLink, makeLinkToken } from '../../download/links.ts'
import type { MailDependencies } from './deliver-mail.ts'

/** Links that the function `download`, at `linkUrl`, will find. */
export function makeLinkMaker(
  links: Pick<LinkStore, 'save'>,
  linkUrl: string,
  now: () => Date,
): MailDependencies['makeLink'] {
  return async (file) => {
    const token = makeLinkToken()
    const link = makeLink(file, now())
    await links.save(digestOfToken(token), link)
    return {
      url: `${linkUrl.replace(/(?<!\/)\/+$/, '')}/${token}`,
      expiresAt: new Date(link.expiresAt * 1000),
    }
  }
}
