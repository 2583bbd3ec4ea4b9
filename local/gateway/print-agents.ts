import { join } from 'node:path'
import { logLine } from '../../agents/log.ts'
import { folderPrinter } from '../../agents/print/folder-printer.ts'
import { memoryJournal } from '../../agents/print/job-journal.ts'
import { startPrintAgent } from '../../agents/print/print-agent.ts'
import { s3JobFiles } from '../../agents/queue/s3-job-files.ts'
import { sqsReports, sqsWorkQueue } from '../../agents/queue/sqs-work-queue.ts'
import { realWaiting } from '../../agents/waiting.ts'
import type { FunctionLog } from '../lambda/function-log.ts'
import type { Clients } from './clients.ts'
import type { RunningGateway } from './description.ts'

export interface PrintAgents {
  stop(): Promise<void>
}

/** The print agent of each site, in this process, "printing" into a folder for each printer. */
export function startPrintAgents(
  { s3, sqs }: Clients,
  log: FunctionLog,
  gateway: Pick<RunningGateway, 'bucket' | 'printQueues' | 'reportsQueues' | 'folders'>,
  homeFolder: string,
): PrintAgents {
  const agents = Object.entries(gateway.printQueues).map(([site, queueUrl]) =>
    startPrintAgent(
      {
        queue: sqsWorkQueue(sqs, { queueUrl }),
        files: s3JobFiles(s3, { bucket: gateway.bucket }),
        reports: sqsReports(sqs, { queueUrl: gateway.reportsQueues[site] ?? '' }),
        printer: folderPrinter(gateway.folders.printed),
        // The folder knows a file again that it has already.
        journal: memoryJournal(),
        waiting: realWaiting,
        log: (event, fields) =>
          log.write(`print-agent-${site}`, { level: 'INFO', message: logLine(event, fields) }),
      },
      { workFolder: join(homeFolder, 'unfinished', `print-${site}`) },
    ),
  )
  return {
    async stop() {
      await Promise.all(agents.map((agent) => agent.stop()))
    },
  }
}
