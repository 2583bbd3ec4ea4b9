import * as z from 'zod'
import { checksumAlgorithmSchema } from './checksums.ts'

/** The headers that S3 keeps with an object and gives back with it. */
export const KEPT_HEADERS = [
  'content-type',
  'content-encoding',
  'content-disposition',
  'content-language',
  'cache-control',
  'expires',
] as const

/** What is known of an object besides its bytes; the file of it is JSON in bucket-metadata/. */
export const objectRecordSchema = z.object({
  key: z.string(),
  sizeBytes: z.number(),
  /** Hexadecimal MD5, without quotes. */
  eTag: z.string(),
  lastModified: z.iso.datetime(),
  checksum: z.object({ algorithm: checksumAlgorithmSchema, value: z.string() }),
  headers: z.partialRecord(z.enum(KEPT_HEADERS), z.string()),
  /** Names without x-amz-meta-. */
  userMetadata: z.record(z.string(), z.string()),
})
export type ObjectRecord = z.infer<typeof objectRecordSchema>

/** Both names and values count, the prefix does not. */
export const LARGEST_USER_METADATA_BYTES = 2048
