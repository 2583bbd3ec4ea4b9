import { RemovalPolicy } from 'aws-cdk-lib'
import {
  type Attribute,
  AttributeType,
  BillingMode,
  ProjectionType,
  Table,
  TableEncryption,
} from 'aws-cdk-lib/aws-dynamodb'
import { Key } from 'aws-cdk-lib/aws-kms'
import type { Construct } from 'constructs'
import { ENTRY, INDEXES } from '../shared/ledger/index-keys.ts'
import type { Names } from './names.ts'

/** The record of every fax and every delivery. */
export function ledgerTable(scope: Construct, names: Names): Table {
  const table = new Table(scope, 'Ledger', {
    tableName: names.ledger,
    partitionKey: text('pk'),
    sortKey: text('sk'),
    billingMode: BillingMode.PAY_PER_REQUEST,
    ...encryptionOf(scope, names),
    pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
    timeToLiveAttribute: 'expiresAt',
    deletionProtection: true,
    removalPolicy: RemovalPolicy.RETAIN,
  })
  for (const { name, partitionKey, holds } of Object.values(INDEXES)) {
    table.addGlobalSecondaryIndex({
      indexName: name,
      partitionKey: text(partitionKey),
      sortKey: text(ENTRY),
      projectionType: holds === 'records' ? ProjectionType.ALL : ProjectionType.KEYS_ONLY,
    })
  }
  return table
}

function encryptionOf(scope: Construct, { encryptionKey }: Names) {
  if (encryptionKey === undefined) return {}
  return {
    encryption: TableEncryption.CUSTOMER_MANAGED,
    encryptionKey: Key.fromKeyArn(scope, 'LedgerKey', encryptionKey),
  }
}

const text = (name: string): Attribute => ({ name, type: AttributeType.STRING })
