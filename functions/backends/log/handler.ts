import { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs'
import * as z from 'zod'
import { makeDeliveryHandler } from '../../deliver/handler.ts'
import { readEnvironment } from '../../environment.ts'
import { deliverToLog } from './deliver-log.ts'
import { makeFaxLog } from './fax-log.ts'

const environment = readEnvironment(
  z.object({ FAX_LOG_GROUP_PREFIX: z.string(), FAX_LOG_STREAM: z.string() }),
)

const place = { groupPrefix: environment.FAX_LOG_GROUP_PREFIX, stream: environment.FAX_LOG_STREAM }
const appendLine = makeFaxLog(new CloudWatchLogsClient({}), place, () => new Date())

export const handler = makeDeliveryHandler('log', (attempt) => deliverToLog({ appendLine }, attempt))
