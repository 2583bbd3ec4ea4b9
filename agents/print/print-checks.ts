import { access, constants } from 'node:fs/promises'
import type { AwsClients } from '../daemon/aws-clients.ts'
import type { Check } from '../daemon/check.ts'
import {
  clockCheck,
  credentialsCheck,
  filesCheck,
  queueCheck,
  stateFolderCheck,
} from '../daemon/common-checks.ts'
import { queueNames } from '../daemon/common-options.ts'
import type { CupsQuestions } from './cups/cups-questions.ts'
import { type CupsCommand, cupsCommand } from './cups/lp.ts'
import type { PrintConfig } from './print-config.ts'
import { runCommand } from './run-command.ts'
import { siteQuestions } from './site-printer.ts'

/** The user that the Debian package makes. */
export const USER = 'faxlane-print'

export function printChecks(aws: AwsClients, config: PrintConfig): Check[] {
  const names = queueNames(config)
  return [
    ...paperChecks(config),
    stateFolderCheck(config, USER),
    clockCheck(config, () => new Date()),
    credentialsCheck(aws, USER),
    filesCheck(aws, config, 'print'),
    queueCheck(aws, names.print),
    queueCheck(aws, names.reports),
  ]
}

function paperChecks(config: PrintConfig): Check[] {
  if (config.printInto !== undefined) return [folderCheck(config.printInto)]
  const cups = cupsCommand(runCommand, { server: config.cupsServer, timeoutMilliseconds: 10_000 })
  return [lpCheck(cups), cupsCheck(siteQuestions(config))]
}

function folderCheck(folder: string): Check {
  return {
    name: 'print_into',
    run: async () => {
      try {
        await access(folder, constants.W_OK)
        return { ok: true, text: `${folder} can be written to` }
      } catch (error) {
        const text = `${folder} can not be written to: ${(error as Error).message}`
        return {
          ok: false,
          text,
          fix: `install -d -o ${USER} ${folder}, and give the unit ReadWritePaths=${folder}`,
        }
      }
    },
  }
}

export function lpCheck(cups: CupsCommand): Check {
  const fix = 'Install the commands of CUPS: apt install cups-client'
  return {
    name: 'lp',
    run: async () => {
      try {
        await cups('lpstat', '-r')
        return { ok: true, text: 'is installed' }
      } catch (error) {
        return { ok: false, text: `lpstat cannot be run: ${(error as Error).message}`, fix }
      }
    },
  }
}

export function cupsCheck(questions: Pick<CupsQuestions, 'defaultPrinter'>): Check {
  return {
    name: 'CUPS',
    run: async () => {
      try {
        const printer = await questions.defaultPrinter()
        const none = 'there is no default printer, which only backends without name = need (lpadmin -d NAME)'
        return {
          ok: true,
          text: printer === undefined ? `answers; ${none}` : `answers; the default printer is ${printer}`,
        }
      } catch (error) {
        const fix =
          'Start it (systemctl start cups), or write cups_server = HOST:PORT where it is another machine.'
        return { ok: false, text: `does not answer: ${(error as Error).message}`, fix }
      }
    },
  }
}
