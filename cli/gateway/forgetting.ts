import { ConditionalCheckFailedException, type DynamoDBClient } from '@aws-sdk/client-dynamodb'
import {
  type DeleteMarkerEntry,
  DeleteObjectCommand,
  ListObjectVersionsCommand,
  type ObjectVersion,
  type S3Client,
} from '@aws-sdk/client-s3'
import { DynamoDBDocumentClient, PutCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb'
import type { ForgetNote, LedgerChange } from '../../shared/ledger/forgotten.ts'
import { CommandFailed } from '../subcommand.ts'

/** What no role of the deployment may do, and an operator does with rights of his own: remove for good. */
export interface Forgetting {
  /** Every version of what is meant; how many they were. */
  removeVersions: (what: Removal) => Promise<number>
  /** Throws CommandFailed where the item has changed since it was read. */
  change: (change: LedgerChange) => Promise<void>
  writeDown: (note: ForgetNote) => Promise<void>
}

/** All objects whose keys begin so; or one object, as it was until a time where one is given. */
export type Removal = { prefix: string } | { key: string; until?: Date }

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
    removeVersions: (what) => removeVersions(s3, bucket, what),
    change: (change) => changeItem(documents, table, change),
    async writeDown(note) {
      await documents.send(new PutCommand({ TableName: table, Item: note }))
    },
  }
}

async function changeItem(
  documents: DynamoDBDocumentClient,
  table: string,
  { key, revision, set, remove }: LedgerChange,
): Promise<void> {
  const names = [...Object.keys(set), ...remove, 'revision']
  const assignments = Object.keys(set).map((name) => `#${name} = :${name}`)
  const removals = remove.map((name) => `#${name}`).join(', ')
  const update = new UpdateCommand({
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
  })
  try {
    await documents.send(update)
  } catch (error) {
    if (!(error instanceof ConditionalCheckFailedException)) throw error
    throw new CommandFailed(`${key.pk} changed meanwhile. Run the command again: it goes on where it ended.`)
  }
}

/** Marks of deletion as well: they are versions, and what is under them would stay. */
async function removeVersions(s3: S3Client, Bucket: string, what: Removal): Promise<number> {
  const Prefix = 'prefix' in what ? what.prefix : what.key
  let removed = 0
  let KeyMarker: string | undefined
  let VersionIdMarker: string | undefined
  do {
    const page = await s3.send(new ListObjectVersionsCommand({ Bucket, Prefix, KeyMarker, VersionIdMarker }))
    for (const version of [...(page.Versions ?? []), ...(page.DeleteMarkers ?? [])]) {
      if (!isMeant(version, what)) continue
      const { Key, VersionId } = version
      await s3.send(new DeleteObjectCommand({ Bucket, Key, VersionId }))
      removed += 1
    }
    KeyMarker = page.NextKeyMarker
    VersionIdMarker = page.NextVersionIdMarker
  } while (KeyMarker !== undefined)
  return removed
}

function isMeant({ Key, LastModified }: ObjectVersion | DeleteMarkerEntry, what: Removal): boolean {
  if ('prefix' in what) return true
  if (Key !== what.key) return false
  return what.until === undefined || (LastModified !== undefined && LastModified <= what.until)
}
