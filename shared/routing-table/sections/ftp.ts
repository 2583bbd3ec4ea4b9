import { anyText, type Check, oneOf, port, type Reading } from '../checks.ts'
import type { BackendOf } from '../deployed-table.ts'
import type { Section } from '../ini.ts'
import { hostName } from '../network-names.ts'
import { openSection, reportMissing, type SectionReader } from '../section-reader.ts'
import { pemCertificates } from './certificates.ts'
import { readFormat } from './document-format.ts'
import { readText } from './named-file.ts'
import { FTP_OPTIONS, ownerOf } from './option-names.ts'
import { fallbackName, readRetryPlan } from './retrying.ts'

type FtpBackend = BackendOf<'ftp'>
type FtpOptions = SectionReader<(typeof FTP_OPTIONS)[number]>

const PORTS = { explicit: 21, implicit: 990, off: 21 } as const satisfies Record<FtpBackend['tls'], number>

export function readFtp(section: Section, reading: Reading): FtpBackend | undefined {
  const options = openSection({ section, names: FTP_OPTIONS, elsewhere: ownerOf }, reading)
  const host = options.mandatory('host', hostName, 'host = ftp.example.org')
  const username = options.mandatory('username', anyText, 'username = NAME')
  const passwordSecret = readPasswordSecret(options, reading)
  const directory = options.value('directory', anyText)
  const tls = readTls(options, reading)
  const tlsCa = readCertificates(options, tls, reading)
  const writtenPort = options.value('port', port)
  const format = readFormat(options, reading)
  const fallback = options.value('fallback', fallbackName)
  const retry = readRetryPlan(options, reading)
  if (host === undefined || username === undefined || passwordSecret === undefined || tls === undefined) {
    return undefined
  }
  return {
    kind: 'ftp',
    name: section.name,
    ...(fallback === undefined ? {} : { fallback }),
    ...(retry === undefined ? {} : { retry }),
    host,
    port: writtenPort ?? PORTS[tls],
    username,
    passwordSecret,
    ...(directory === undefined ? {} : { directory }),
    tls,
    ...(tlsCa === undefined ? {} : { tlsCa }),
    format,
  }
}

function readPasswordSecret(options: FtpOptions, reading: Reading): string | undefined {
  const secret = options.value('password_secret', secretName)
  const named = options.all('password_secret').length > 0
  const suggested = `password_secret = faxlane/${options.section.name}`
  for (const { line } of options.all('password')) {
    const problem = 'The password stands here in clear, and would stand in every copy of the deployment.'
    const fix = named
      ? 'Remove the line: password_secret is what is used.'
      : `Write ${suggested} in its place: the deployment makes this secret in Secrets Manager, and aws secretsmanager put-secret-value fills it.`
    reading.finding({ line, found: 'password = …', problem, fix })
  }
  if (!named && options.all('password').length === 0) {
    reportMissing(options.section, 'password_secret', suggested, reading)
  }
  return secret
}

/** Secrets Manager's CreateSecret: 1 to 512 of these characters. */
const SECRET_NAME = /^[A-Za-z0-9/_+=.@-]{1,512}$/
const SECRET_ARN = /^arn:aws[a-z-]*:secretsmanager:[a-z0-9-]+:\d{12}:secret:[A-Za-z0-9/_+=.@-]{1,519}$/

const secretName: Check<string> = (text) => {
  const pattern = text.startsWith('arn:') ? SECRET_ARN : SECRET_NAME
  if (pattern.test(text)) return { value: text }
  return {
    problems: [
      {
        // Whoever mistakes the option for the password itself gets it printed nowhere.
        found: 'password_secret = …',
        problem: 'This is no name of a secret in Secrets Manager, and no ARN of one.',
        fix: 'Write letters, digits and /_+=.@- such as faxlane/ftp_example_org; the password itself goes into the secret.',
      },
    ],
  }
}

/** undefined: reported. */
function readTls(options: FtpOptions, reading: Reading): FtpBackend['tls'] | undefined {
  if (options.all('tls').length > 0) return options.value('tls', oneOf(['explicit', 'implicit', 'off']))
  const problem = 'Without TLS the password and the faxes cross the network in clear, as XiVO sent them.'
  const fix = 'Write tls = explicit where the server can, or tls = off to say that this is meant.'
  reading.note({ line: options.section.line, found: `[${options.section.name}]`, problem, fix })
  return 'off'
}

function readCertificates(
  options: FtpOptions,
  tls: FtpBackend['tls'] | undefined,
  reading: Reading,
): string | undefined {
  const path = options.value('tls_ca', anyText)
  const line = options.all('tls_ca')[0]?.line
  if (path === undefined || line === undefined) return undefined
  const found = `tls_ca = ${path}`
  if (tls === 'off') {
    const problem = 'tls_ca: Without TLS there is no certificate to check.'
    reading.finding({
      line,
      found,
      problem,
      fix: 'Write tls = explicit or tls = implicit, or remove tls_ca.',
    })
  }
  const text = readText({ path, line, option: 'tls_ca' }, reading)
  if (text === undefined) return undefined
  const certificates = pemCertificates(text, 'the authority that signed the server’s')
  if ('value' in certificates) return certificates.value
  for (const { problem, fix } of certificates.problems) {
    reading.finding({ line, found, problem: `tls_ca: ${problem}`, fix })
  }
  return undefined
}
