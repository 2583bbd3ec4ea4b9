import { type Check, wrong } from '../../shared/routing-table/checks.ts'
import { commonOptions } from '../daemon/common-options.ts'
import { folderPath } from '../daemon/option-checks.ts'
import { ConfigError, type ConfigOf, loadConfig, optional } from '../daemon/read-config.ts'
import { parseCupsServer } from './cups/cups-server.ts'

export const CONFIG_FILE = '/etc/faxlane/print.conf'
export const SECTION = 'print'

const cupsServer: Check<string> = (text) =>
  parseCupsServer(text) === undefined
    ? wrong(
        'This is no place where CUPS could be.',
        'Write HOST, HOST:PORT or the path of a socket; remove the line for the CUPS of this machine.',
      )
    : { value: text }

/** The options of [print]. */
export const PRINT_OPTIONS = {
  ...commonOptions('/var/lib/faxlane-print'),
  /** As lp's environment has it in CUPS_SERVER. */
  cups_server: optional(cupsServer),
  /** A folder in place of paper, for a site without CUPS. */
  print_into: optional(folderPath),
} as const

export type PrintConfig = ConfigOf<typeof PRINT_OPTIONS>

/** @throws ConfigError with all that is wrong */
export async function loadPrintConfig(file: string): Promise<PrintConfig> {
  const config = await loadConfig(file, SECTION, PRINT_OPTIONS)
  if (config.printInto === undefined || config.cupsServer === undefined) return config
  throw new ConfigError(
    `${file}: cups_server and print_into exclude each other: with print_into nothing goes to CUPS. Remove one of the two.`,
  )
}
