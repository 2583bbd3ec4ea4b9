import { userInfo } from 'node:os'
import { cupsPrinter } from './cups/cups-printer.ts'
import { type CupsQuestions, cupsQuestions } from './cups/cups-questions.ts'
import { parseCupsServer } from './cups/cups-server.ts'
import { cupsCommand } from './cups/lp.ts'
import { folderPrinter } from './folder-printer.ts'
import { httpIpp } from './ipp/ask-ipp.ts'
import type { PrintConfig } from './print-config.ts'
import type { Printer } from './printer.ts'
import { runCommand } from './run-command.ts'

type PrinterConfig = Pick<PrintConfig, 'cupsServer' | 'printInto'>

/** Questions to the CUPS of a configuration. */
export function siteQuestions({ cupsServer }: Pick<PrintConfig, 'cupsServer'>): CupsQuestions {
  const server = parseCupsServer(cupsServer ?? process.env.CUPS_SERVER)
  if (server === undefined) throw new Error(`CUPS_SERVER is no place where CUPS could be: ${cupsServer}`)
  return cupsQuestions({ ask: httpIpp(server), user: userInfo().username })
}

/** Where a configuration prints: its CUPS, or its folder. */
export function sitePrinter(config: PrinterConfig, instance: string): Printer {
  if (config.printInto !== undefined) return folderPrinter(config.printInto)
  const cups = cupsCommand(runCommand, { server: config.cupsServer })
  return cupsPrinter({ questions: siteQuestions(config), cups, instance })
}
