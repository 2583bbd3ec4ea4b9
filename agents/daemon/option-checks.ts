import { isAbsolute, normalize } from 'node:path'
import { siteSchema } from '../../shared/object-keys.ts'
import { type Check, wrong } from '../../shared/routing-table/checks.ts'

// What the options of the agents' configuration files may be. Each takes a value that is one line and not empty.

export const siteName: Check<string> = (text) =>
  siteSchema.safeParse(text).success
    ? { value: text }
    : wrong(
        'A site is lower-case letters, digits and hyphens, at most 31.',
        'Write the site as the routing table has it: paris for [site_paris], main where it declares none.',
      )

export const regionName: Check<string> = (text) =>
  /^[a-z]{2,}(-[a-z]+)+-\d{1,2}$/.test(text)
    ? { value: text }
    : wrong('No region of AWS has such a name.', 'Write the one that the gateway is deployed to: eu-west-1.')

export const bucketName: Check<string> = (text) =>
  /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(text)
    ? { value: text }
    : wrong(
        'No bucket has such a name.',
        'Write it as the output FaxesBucket of the deployment says: faxlane-123456789012-eu-west-1.',
      )

export const deploymentName: Check<string> = (text) =>
  /^[a-z][a-z0-9-]{0,23}$/.test(text)
    ? { value: text }
    : wrong(
        'A deployment is a lower-case letter, then letters, digits and hyphens, at most 24.',
        'Write what -c name=NAME was when the gateway was deployed, or remove the line: it is faxlane then.',
      )

export const folderPath: Check<string> = (text) =>
  isAbsolute(text) && !/\p{Cc}/u.test(text)
    ? { value: normalize(text) }
    : wrong('A folder is named by its whole path.', 'Write it with a / at the beginning.')

/** An address without a path, since S3's and SQS's own are put behind it. */
export const endpointUrl: Check<string> = (text) => {
  const url = URL.canParse(text) ? new URL(text) : undefined
  const isEndpoint = /^https?:$/.test(url?.protocol ?? '') && url?.pathname === '/' && url.username === ''
  return isEndpoint && url !== undefined
    ? { value: url.origin }
    : wrong('An endpoint is http:// or https://, a host and a port.', 'Remove the line to use AWS itself.')
}

/** `fix` says which number is a sensible one. */
export function wholeNumber(smallest: number, largest: number, fix: string): Check<number> {
  return (text) => {
    const value = /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN
    return value >= smallest && value <= largest
      ? { value }
      : wrong(`This is a whole number from ${smallest} to ${largest}.`, fix)
  }
}

export const yesOrNo: Check<boolean> = (text) => {
  if (text === 'yes') return { value: true }
  if (text === 'no') return { value: false }
  return wrong('This is yes or no.', 'Write yes or no.')
}

export const hostName: Check<string> = (text) =>
  /^[A-Za-z0-9.:-]{1,253}$/.test(text)
    ? { value: text }
    : wrong('This is neither a name nor an address.', 'Write 127.0.0.1, or the host alone, without a port.')

/** A name in manager.conf. */
export const amiWord: Check<string> = (text) =>
  /^[\w.@-]{1,64}$/.test(text)
    ? { value: text }
    : wrong(
        'This is no name of a user of the manager interface.',
        'Write it as it stands in brackets in manager.conf: faxlane for [faxlane].',
      )

/** Neither what ends a context in `Local/NUMBER@CONTEXT`, nor what a dialplan would read as more than a name. */
export const contextName: Check<string> = (text) =>
  /^[\w.-]{1,79}$/.test(text)
    ? { value: text }
    : wrong(
        'No context of a dialplan has such a name.',
        'Write it as it stands in brackets in the dialplan: default for [default].',
      )
