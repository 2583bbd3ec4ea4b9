import { digestOfToken, hasExpired, isLinkToken, type Link } from './links.ts'

export interface DownloadDependencies {
  findLink(tokenDigest: string): Promise<Link | undefined>
  /** False when the file is kept no more. */
  isThere(key: string): Promise<boolean>
  /** A URL of a few minutes that gives the PDF under its file name, good for this method alone. */
  signUrl(link: Link, method: 'GET' | 'HEAD'): Promise<string>
  now(): Date
}

export interface DownloadRequest {
  method: string
  path: string
}

export interface DownloadAnswer {
  statusCode: number
  headers: Record<string, string>
  body: string
}

/**
 * Leads from a mailed link to the PDF. Any number of times: mail scanners and previews follow a link before its reader
 * does, so opening must not use it up.
 */
export async function download(
  dependencies: DownloadDependencies,
  { method, path }: DownloadRequest,
): Promise<DownloadAnswer> {
  if (method !== 'GET' && method !== 'HEAD') {
    return answer(405, 'This address only gives out faxes.', { allow: 'GET, HEAD' })
  }
  const token = path.slice(1)
  const link = isLinkToken(token) ? await dependencies.findLink(digestOfToken(token)) : undefined
  if (link === undefined) {
    return answer(
      404,
      'This link is not known. It may be incomplete, or it ended a while ago. Ask your fax administrator.',
    )
  }
  if (hasExpired(link, dependencies.now())) {
    return answer(410, 'This link has ended. Ask your fax administrator for the fax.')
  }
  if (!(await dependencies.isThere(link.key)))
    return answer(410, 'The fax of this link is not kept any more. Ask your fax administrator.')
  // A signature covers the method: a HEAD sent on to a URL signed for GET would be refused.
  return answer(302, '', { location: await dependencies.signUrl(link, method) })
}

function answer(statusCode: number, text: string, headers: Record<string, string> = {}): DownloadAnswer {
  return {
    statusCode,
    headers: {
      'content-type': 'text/plain; charset=utf-8',
      'cache-control': 'no-store',
      // The address is the key to the fax: no page it leads to may learn it, no search engine keep it.
      'referrer-policy': 'no-referrer',
      'x-robots-tag': 'noindex',
      'x-content-type-options': 'nosniff',
      ...headers,
    },
    body: text === '' ? '' : `${text}\n`,
  }
}
