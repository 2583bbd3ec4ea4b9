import { visible, visibleJson } from '../../shared/visible.ts'
import { ConfigError } from './read-config.ts'
import { withTimeLimit } from './time-limit.ts'

export interface CheckResult {
  ok: boolean
  /** What was found, in one line. */
  text: string
  /** What to do, where it is not ok. */
  fix?: string
}

export interface Check {
  name: string
  /** What it throws is a result as well: not ok, with the error's words. */
  run: () => Promise<CheckResult>
}

const CHECK_MILLISECONDS = 60_000

/** As {@link runChecks}, with the configuration as the first check; without one that holds, nothing else can be looked at. */
export async function checkFromConfig<Config>(
  { file, load }: { file: string; load: () => Promise<Config> },
  checksOf: (config: Config) => readonly Check[],
  options: { json: boolean },
  write: (text: string) => void,
): Promise<0 | 1> {
  let further: readonly Check[] = []
  let problem: CheckResult | undefined
  try {
    further = checksOf(await load())
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    problem = { ok: false, text: `does not hold\n${error.message}` }
  }
  const config = { name: 'config', run: async () => problem ?? { ok: true, text: `${file} holds` } }
  return await runChecks([config, ...further], options, write)
}

/**
 * Runs the checks one after the other and writes a line for each as it ends, or with `json` one document at the end.
 * Resolves to the exit code: 0 when all are ok, 1 otherwise.
 */
export async function runChecks(
  checks: readonly Check[],
  { json }: { json: boolean },
  write: (text: string) => void,
): Promise<0 | 1> {
  const results: (CheckResult & { name: string })[] = []
  for (const check of checks) {
    const result = { name: check.name, ...(await resultOf(check)) }
    results.push(result)
    if (!json) write(lines(result))
  }
  const ok = results.every((result) => result.ok)
  if (json) write(`${visibleJson({ ok, checks: results }, 2)}\n`)
  return ok ? 0 : 1
}

async function resultOf({ name, run }: Check): Promise<CheckResult> {
  try {
    return await withTimeLimit({ what: name, milliseconds: CHECK_MILLISECONDS }, run)
  } catch (error) {
    return { ok: false, text: error instanceof Error ? error.message : String(error) }
  }
}

function lines({ name, ok, text, fix }: CheckResult & { name: string }): string {
  // An error's words may go over several lines, a configuration's findings for one.
  const [first = '', ...rest] = text.split('\n').map(visible)
  const said = [`${ok ? '✔' : '✘'} ${name}: ${first}`, ...rest.map((line) => `    ${line}`)]
  if (!ok && fix !== undefined) said.push(`    fix: ${visible(fix)}`)
  return `${said.join('\n')}\n`
}
