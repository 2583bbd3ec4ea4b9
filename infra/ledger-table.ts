import { RemovalPolicy } from 'aws-cdk-lib'
import { type Attribute, AttributeType, BillingMode, ProjectionType, Table } from 'aws-cdk-lib/aws-dynamodb'
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

const text = (name: string): Attribute => ({ name, type: AttributeType.STRING })
