import type { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { DynamoDBDocumentClient, GetCommand, PutCommand } from '@aws-sdk/lib-dynamodb'
import { LINK_SORT_KEY, linkPartition } from '../../shared/ledger/records.ts'
import { type Link, linkSchema } from './links.ts'

/** Links by the digest of their token. */
export interface LinkStore {
  save(tokenDigest: string, link: Link): Promise<void>
  find(tokenDigest: string): Promise<Link | undefined>
}

/** Links as items of the ledger's table, which deletes them some time after `expiresAt`. */
export function makeLinkStore(client: DynamoDBClient, table: string): LinkStore {
  const documents = DynamoDBDocumentClient.from(client)
  const keyOf = (tokenDigest: string) => ({ pk: linkPartition(tokenDigest), sk: LINK_SORT_KEY })
  return {
    async save(tokenDigest, link) {
      await documents.send(new PutCommand({ TableName: table, Item: { ...keyOf(tokenDigest), ...link } }))
    },
    async find(tokenDigest) {
      // A mail can be read faster than a replica catches up.
      const { Item } = await documents.send(
        new GetCommand({ TableName: table, Key: keyOf(tokenDigest), ConsistentRead: true }),
      )
      return Item === undefined ? undefined : linkSchema.parse(Item)
    },
  }
}
