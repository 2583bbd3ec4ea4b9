import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { gzipSync } from 'node:zlib'
import { type FunctionName, largestBundleBytes, makeBundles } from '../infra/bundles.ts'
import { medianMilliseconds, medianOf } from './measure.ts'

const RUNS = 9

const FUNCTION_ENVIRONMENT = {
  AWS_REGION: 'eu-west-1',
  AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE',
  AWS_SECRET_ACCESS_KEY: 'secret',
  AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
  FAXES_BUCKET: 'faxes',
  LEDGER_TABLE: 'ledger',
  METRICS_NAMESPACE: 'faxlane',
  MAIL_QUEUE_URL: 'http://127.0.0.1/mail',
  FTP_QUEUE_URL: 'http://127.0.0.1/ftp',
  LOG_QUEUE_URL: 'http://127.0.0.1/log',
  QUEUE_URL: 'http://127.0.0.1/own',
  PRINT_QUEUE_PREFIX: 'faxlane-print-',
  LINK_URL: 'https://example.org/',
  FAX_LOG_GROUP_PREFIX: '/faxlane/faxes/',
  FAX_LOG_STREAM: 'faxes',
  ARRIVALS_QUEUE_URL: 'http://127.0.0.1/arrivals',
  DISPATCH_QUEUE_URL: 'http://127.0.0.1/dispatch',
  NOTICES_QUEUE_URL: 'http://127.0.0.1/notices',
  SCHEDULE_QUEUE_URL: 'http://127.0.0.1/schedule',
  SENDER_NOTICES_QUEUE_URL: 'http://127.0.0.1/sender_notices',
  SUBMISSIONS_QUEUE: 'faxlane-submissions',
  FAXES_DAYS: '90',
  QUEUES: 'faxlane-deliver-mail',
  MAIL_EVENTS_QUEUE_ARN: 'arn:aws:sqs:eu-west-1:111122223333:faxlane-mail-events',
  REPORTS_QUEUE_ARN_PREFIX: 'arn:aws:sqs:eu-west-1:111122223333:faxlane-reports-',
  TRANSMIT_QUEUE_PREFIX: 'faxlane-transmit-',
  LEDGER_DAYS: '3650',
  MAIL_CONFIGURATION_SET: 'faxlane',
}

/**
 * The size of each function's bundle, and the time that a fresh process takes to import it, which is most of what a cold
 * start adds. Times are medians, beside a bare `node` in the same run: the machine is shared, so only the ratio carries over.
 */
export function benchBundles(): void {
  const folder = mkdtempSync(join(tmpdir(), 'faxlane-bench-'))
  try {
    const { folders } = makeBundles(folder, {
      version: 1,
      timeZone: 'UTC',
      sites: ['main'],
      backends: [],
      numbers: {},
      // The function that tells operators does not start without.
      notices: {
        from: { address: 'fax@example.org', name: 'Fax' },
        language: 'en',
        recipients: {},
        alarms: [],
        texts: {},
      },
    })
    const bare = medianMilliseconds(RUNS, () => runNode('0'))
    console.log(`bare node: ${bare.toFixed(0)} ms a process (median of ${RUNS})\n`)
    console.log('function        minified    gzipped   import   process, of a bare one')
    for (const [name, assets] of Object.entries(folders) as [FunctionName, string][]) {
      const file = join(assets, 'index.mjs')
      const sizeBytes = statSync(file).size
      const importing = `import(${JSON.stringify(pathToFileURL(file).href)})`
      const imports = medianOf(RUNS, () =>
        Number(runNode(`const t=performance.now();await ${importing};console.log(performance.now()-t)`)),
      )
      const whole = medianMilliseconds(RUNS, () => runNode(`await ${importing}`))
      const gzippedBytes = gzipSync(readFileSync(file)).length
      console.log(
        `${name.padEnd(13)} ${kilobytes(sizeBytes)} ${kilobytes(gzippedBytes)} ${imports.toFixed(0).padStart(5)} ms ${(whole / bare).toFixed(2).padStart(8)} x`,
      )
      const largestBytes = largestBundleBytes(name)
      if (sizeBytes > largestBytes) {
        console.error(`${name} has ${sizeBytes} bytes minified; at most ${largestBytes} are wanted.`)
        process.exitCode = 1
      }
    }
  } finally {
    rmSync(folder, { recursive: true })
  }
}

function runNode(script: string): string {
  return execFileSync(process.execPath, ['--input-type=module', '-e', script], {
    encoding: 'utf8',
    env: { ...process.env, ...FUNCTION_ENVIRONMENT },
  })
}

function kilobytes(bytes: number): string {
  return `${(bytes / 1000).toFixed(0)} kB`.padStart(10)
}
