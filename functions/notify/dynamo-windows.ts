import type { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb'
import { putIf, read } from '../ledger/dynamo-ledger.ts'
import { type NoticeWindow, noticeWindowSchema } from './notice-window.ts'
import type { NotifyDependencies } from './notify.ts'

const KEPT_SECONDS = 7 * 86_400
const keyOf = (kind: string) => ({ pk: `NOTICE#${kind}`, sk: 'NOTICE' })

/** The windows of notices, as items of the ledger's table. */
export function makeDynamoWindows(client: DynamoDBClient, table: string): NotifyDependencies['windows'] {
  const documents = DynamoDBDocumentClient.from(client, { marshallOptions: { removeUndefinedValues: true } })
  return {
    get: (kind) => read(documents, table, keyOf(kind), noticeWindowSchema),
    put: (window) =>
      putIf(documents, table, item(window), window.revision === 0 ? undefined : window.revision - 1),
  }
}

function item(window: NoticeWindow) {
  const expiresAt = Math.floor(Date.parse(window.until) / 1000) + KEPT_SECONDS
  return { ...keyOf(window.kind), ...window, expiresAt }
}
