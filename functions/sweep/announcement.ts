import type { StoredObject } from './pair.ts'

/** What S3 sends when an object was put, as far as `receive` and `submit` read it: for an event that was lost. Who put it is not known any more. */
export function announcement(bucket: string, { key, sizeBytes, storedAt }: StoredObject): object {
  // URL-encoded, with slashes as they are: so does S3 write keys in events.
  const encoded = encodeURIComponent(key).replaceAll('%2F', '/')
  return {
    Records: [
      {
        eventName: 'ObjectCreated:Put',
        eventTime: storedAt.toISOString(),
        s3: { bucket: { name: bucket }, object: { key: encoded, size: sizeBytes } },
      },
    ],
  }
}
