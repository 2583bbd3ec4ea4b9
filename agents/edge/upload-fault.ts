import { awsFault } from '../aws-fault.ts'
import { UnfitFileError } from './fax-of-file.ts'
import { FileChangedError } from './stable-file.ts'
import { OtherBytesError, UploadUnavailableError } from './upload.ts'

export interface UploadFault {
  /**
   * fax: it will never go up as it is. file: it can't be read. line: the cloud, the way there, our rights. changed: somebody
   * writes it or took it away, so it has to be looked at anew.
   */
  blame: 'fax' | 'file' | 'line' | 'changed'
  reason: string
}

/** What S3 says of one request and not of all that we make. */
const CODES_OF_A_FAX = new Set(['EntityTooLarge', 'MetadataTooLarge', 'KeyTooLongError', 'InvalidDigest'])

/** What stopped an upload, so that one bad fax is told from a bad day. In doubt it is the line: then nothing is set aside. */
export function uploadFault(error: unknown): UploadFault {
  const reason = error instanceof Error ? error.message : String(error)
  if (error instanceof UploadUnavailableError) return { blame: 'line', reason }
  if (error instanceof UnfitFileError || error instanceof OtherBytesError) return { blame: 'fax', reason }
  if (error instanceof FileChangedError) return { blame: 'changed', reason }
  const { code, httpStatus, text } = awsFault(error)
  if (httpStatus !== undefined) return { blame: CODES_OF_A_FAX.has(code) ? 'fax' : 'line', reason: text }
  const isGone = (error as NodeJS.ErrnoException | undefined)?.code === 'ENOENT'
  return { blame: isGone ? 'changed' : 'file', reason }
}
