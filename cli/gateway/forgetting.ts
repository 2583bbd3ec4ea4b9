import type { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { DeleteObjectCommand, ListObjectVersionsCommand, type S3Client } from '@aws-sdk/client-s3'
import { DynamoDBDocumentClient, PutCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb'
import type { ForgetNote, LedgerChange } from '../../shared/ledger/forgotten.ts'

/** What no role of the deployment may do, and an operator does with rights of his own: remove for good. */
export interface Forgetting {
  /** Every version of every object under the prefix; how many they were. */
  removeVersions: (prefix: string) => Promise<number>
  /** Throws where the item has changed since it was read. */
  change: (change: LedgerChange) => Promise<void>
  writeDown: (note: ForgetNote) => Promise<void>
}

interface Clients {
  s3: S3Client
  dynamoDb: DynamoDBClient
  bucket: string
  table: string
}

export function makeForgetting({ s3, dynamoDb, bucket, table }: Clients): Forgetting {
  const documents = DynamoDBDocumentClient.from(dynamoDb, {
    marshallOptions: { removeUndefinedValues: true },
  })
  return {
    removeVersions: (prefix) => removeVersions(s3, bucket, prefix),
    async change({ key, revision, set, remove }) {
      const names = [...Object.keys(set), ...remove, 'revision']
      const assignments = Object.keys(set).map((name) => `#${name} = :${name}`)
      const removals = remove.map((name) => `#${name}`).join(', ')
      await documents.send(
        new UpdateCommand({
          TableName: table,
          Key: key,
          UpdateExpression: `SET ${[...assignments, '#revision = :next'].join(', ')}${removals && ` REMOVE ${removals}`}`,
          ConditionExpression: '#revision = :previous',
          ExpressionAttributeNames: Object.fromEntries(names.map((name) => [`#${name}`, name])),
          ExpressionAttributeValues: {
            ...Object.fromEntries(Object.entries(set).map(([name, value]) => [`:${name}`, value])),
            ':next': revision + 1,
            ':previous': revision,
          },
        }),
      )
    },
    async writeDown(note) {
      await documents.send(new PutCommand({ TableName: table, Item: note }))
    },
  }
}

/** Marks of deletion as well: they are versions, and what is under them would stay. */
async function removeVersions(s3: S3Client, Bucket: string, Prefix: string): Promise<number> {
  let removed = 0
  let KeyMarker: string | undefined
  let VersionIdMarker: string | undefined
  do {
    const page = await s3.send(new ListObjectVersionsCommand({ Bucket, Prefix, KeyMarker, VersionIdMarker }))
    for (const { Key, VersionId } of [...(page.Versions ?? []), ...(page.DeleteMarkers ?? [])]) {
      await s3.send(new DeleteObjectCommand({ Bucket, Key, VersionId }))
      removed += 1
    }
    KeyMarker = page.NextKeyMarker
    VersionIdMarker = page.NextVersionIdMarker
  } while (KeyMarker !== undefined)
  return removed
}
