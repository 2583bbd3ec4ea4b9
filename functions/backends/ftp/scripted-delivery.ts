import type { Attempt } from '../../deliver/attempt.ts'
import { deliverByFtp, type FtpDependencies } from './deliver-ftp.ts'
import { SAMPLE_FILE_STEM, sampleAttempt } from './sample-attempt.ts'
import { type Reaction, startScriptedServer } from './scripted-server.ts'
import { makeSecretCache } from './secret-cache.ts'
import { uploadFile } from './upload.ts'

export const PASSWORD = 'pa55-of-foo'
export const PDF = Buffer.from('%PDF-1.4 one page')
export const TIFF = Buffer.from('II*\0 as received')
export const PDF_NAME = `${SAMPLE_FILE_STEM}.pdf`
export const HIDDEN_NAME = `.${PDF_NAME}.part`

/** Dependencies whose secret goes through `passwords`, one more at every read of it. */
export function dependenciesWith(
  passwords: readonly string[] = [PASSWORD],
  uploadLimitMilliseconds = 5_000,
): FtpDependencies & { reads: string[] } {
  const reads: string[] = []
  const readSecret = async (name: string) => {
    reads.push(name)
    return passwords[Math.min(reads.length, passwords.length) - 1] ?? ''
  }
  return {
    reads,
    readObject: async (key) => (key.startsWith('pdf/') ? PDF : TIFF),
    secrets: makeSecretCache(readSecret, () => new Date()),
    upload: uploadFile,
    uploadLimitMilliseconds,
  }
}

/** Delivers the sample to a server that reacts as told: the outcome, and what the server saw. */
export async function deliverTo(
  reactions: Record<string, Reaction>,
  backend: Parameters<typeof sampleAttempt>[0] = {},
  dependencies: FtpDependencies = dependenciesWith(),
  fax: Partial<Attempt<'ftp'>['fax']> = {},
) {
  const server = await startScriptedServer(reactions)
  try {
    const attempt = sampleAttempt({ port: server.port, ...backend })
    const outcome = await deliverByFtp(dependencies, { ...attempt, fax: { ...attempt.fax, ...fax } })
    return { outcome, server }
  } finally {
    await server.close()
  }
}
