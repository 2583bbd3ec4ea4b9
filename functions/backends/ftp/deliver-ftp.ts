import { fileStem } from '../../../shared/file-name.ts'
import { delivered, failed, type Outcome } from '../../../shared/outcome.ts'
import type { BackendOf } from '../../../shared/routing-table/deployed-table.ts'
import type { Attempt } from '../../deliver/attempt.ts'
import { type Verdict, verdictOn } from './ftp-answers.ts'
import { commandThatSets, passwordFrom, UnusableSecret } from './password.ts'
import type { SecretCache } from './secret-cache.ts'
import { UploadError, type UploadRequest } from './upload.ts'

export interface FtpDependencies {
  readObject(key: string): Promise<Uint8Array>
  secrets: SecretCache
  upload(request: UploadRequest): Promise<void>
  /** Time for all of a delivery's work with the server, a second login included. */
  uploadLimitMilliseconds: number
}

/** A hostile server may answer 64 KB; the ledger keeps each attempt's text, and an item of it holds 400 KB. */
const MAX_TEXT_CHARACTERS = 2_000

export async function deliverByFtp(dependencies: FtpDependencies, attempt: Attempt<'ftp'>): Promise<Outcome> {
  const { fax, backend } = attempt
  const control = optionWithControls(backend)
  if (control !== undefined) {
    return failed(`\`${control}\` of ${backend.name} has a line break or another control character in it.`)
  }
  const [key, ending] = backend.format === 'pdf' ? [fax.pdfKey, 'pdf'] : [fax.tiffKey, 'tif']
  const file = { fileName: `${fileStem(fax)}.${ending}`, bytes: await dependencies.readObject(key) }
  const signal = AbortSignal.timeout(dependencies.uploadLimitMilliseconds)
  try {
    return await logInAndUpload(dependencies, backend, { ...file, signal })
  } catch (error) {
    if (error instanceof UnusableSecret) return failed(error.message, error.code)
    throw error
  }
}

/**
 * Once more with the secret read anew when the login is refused: a password that was changed on the server and in the secret
 * works at once. The same password is not tried again, since servers lock accounts.
 */
async function logInAndUpload(
  { secrets, upload }: FtpDependencies,
  backend: BackendOf<'ftp'>,
  file: Pick<UploadRequest, 'fileName' | 'bytes' | 'signal'>,
): Promise<Outcome> {
  const secret = backend.passwordSecret
  const readPassword = async () => passwordFrom(secret, await secrets.read(secret))
  const attemptWith = (password: string) => tryUpload(upload, { server: backend, password, ...file })

  const password = await readPassword()
  const first = await attemptWith(password)
  if (!first.loginRefused) return first.outcome
  secrets.forget(secret)
  const renewed = await readPassword()
  const last = renewed === password ? first : await attemptWith(renewed)
  if (!last.loginRefused) return last.outcome
  const { text, code } = last.outcome
  return failed(
    `${text}. Check \`username\` and the password; to set the password: ${commandThatSets(secret)}`,
    code,
  )
}

async function tryUpload(upload: FtpDependencies['upload'], request: UploadRequest): Promise<Verdict> {
  const { server, password, fileName } = request
  try {
    await upload(request)
    return { outcome: delivered(addressOf(server, fileName), 'stored'), loginRefused: false }
  } catch (error) {
    if (!(error instanceof UploadError)) throw error
    const { outcome, loginRefused } = verdictOn(error, `${server.host}:${server.port}:`)
    // A server may repeat what it was sent.
    const text = shortened(outcome.text.replaceAll(password, '***'))
    return { outcome: { ...outcome, text }, loginRefused }
  }
}

/** Where to look, as a person reads it: no user, no password, and a path from the login's folder looks like one from the root. */
function addressOf({ host, port, directory = '' }: UploadRequest['server'], fileName: string): string {
  const authority = (host.includes(':') ? `[${host}]` : host) + (port === 21 ? '' : `:${port}`)
  const folders = directory.split('/').filter((name) => name !== '')
  return `ftp://${[authority, ...folders.map(encodeURIComponent), fileName].join('/')}`
}

function shortened(text: string): string {
  if (text.length <= MAX_TEXT_CHARACTERS) return text
  return `${text.slice(0, MAX_TEXT_CHARACTERS)}… (${text.length} characters)`
}

/** The routing table lets none in; a command line of its own is too much to leave it at that. */
function optionWithControls(backend: BackendOf<'ftp'>): string | undefined {
  const options = (['host', 'username', 'directory'] as const).map((name) => [name, backend[name]] as const)
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  return options.find(([, value]) => value !== undefined && /[\u0000-\u001f\u007f]/.test(value))?.[0]
}
