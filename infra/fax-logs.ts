import { RemovalPolicy } from 'aws-cdk-lib'
import { LogGroup, LogStream, RetentionDays } from 'aws-cdk-lib/aws-logs'
import type { Construct } from 'constructs'
import type { DeployedTable } from '../shared/routing-table/deployed-table.ts'
import { FAX_LOG_STREAM, logStreamArn, type Names } from './names.ts'

function logBackends({ backends }: DeployedTable): string[] {
  return backends.filter(({ kind }) => kind === 'log').map(({ name }) => name)
}

export function faxLogArns(names: Names, table: DeployedTable): string[] {
  return logBackends(table).map((backend) => logStreamArn(names.faxLog(backend), FAX_LOG_STREAM))
}

/** A log group for each log backend, which holds the lines of its faxes and nothing else. */
export function faxLogs(scope: Construct, names: Names, table: DeployedTable): void {
  for (const backend of logBackends(table)) {
    const logGroup = new LogGroup(scope, `FaxLog-${backend}`, {
      logGroupName: names.faxLog(backend),
      retention: RetentionDays.ONE_YEAR,
      removalPolicy: RemovalPolicy.RETAIN,
    })
    new LogStream(scope, `FaxLogStream-${backend}`, { logGroup, logStreamName: FAX_LOG_STREAM })
  }
}
