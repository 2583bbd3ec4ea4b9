import { describe, expect, it } from 'vitest'
import { UnfitFileError } from './fax-of-file.ts'
import { FileChangedError } from './stable-file.ts'
import { OtherBytesError, UploadUnavailableError } from './upload.ts'
import { uploadFault } from './upload-fault.ts'

const answer = (name: string, httpStatusCode: number) =>
  Object.assign(new Error('said so'), { name, $metadata: { httpStatusCode } })
const disk = (code: string) => Object.assign(new Error(`${code}: the disk`), { code })

describe('what stopped an upload', () => {
  it.each([
    ['fax', new UnfitFileError('too large')],
    ['fax', new OtherBytesError('other bytes')],
    ['fax', answer('EntityTooLarge', 400)],
    ['fax', answer('MetadataTooLarge', 400)],
    ['line', new UploadUnavailableError('cut')],
    ['line', answer('AccessDenied', 403)],
    ['line', answer('NoSuchBucket', 404)],
    ['line', answer('InvalidAccessKeyId', 403)],
    ['line', answer('SomethingNew', 400)],
    ['changed', new FileChangedError('x.tif', 'grew')],
    ['changed', disk('ENOENT')],
    ['file', disk('EIO')],
    ['file', disk('EACCES')],
    ['file', new TypeError('a bug')],
    ['file', 'thrown text'],
  ])('is the %s: %s', (blame, error) => {
    const fault = uploadFault(error)
    expect(fault.blame).toBe(blame)
    expect(fault.reason).not.toBe('')
  })
})
