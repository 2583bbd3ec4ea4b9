import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'

/** A folder with a system of its own that has an Asterisk; the machine itself where it is left out. */
const ROOT = process.env.ASTERISK_ROOT ?? '/'

/** Why no Asterisk can be run here; undefined where one can. */
export function whyNoAsterisk(): string | undefined {
  const { status, error } = spawnSync(...inRoot('asterisk', '-V'))
  if (error === undefined && status === 0) return undefined
  return (
    `skipped: there is no Asterisk ${ROOT === '/' ? 'on this machine' : `in ${ROOT}`}. ` +
    'Install one, or name a folder with a system that has one: ASTERISK_ROOT=/srv/asterisk (docs/asterisk.md)'
  )
}

export interface RealAsterisk {
  version: string
  /** The same path for Asterisk as for us. */
  folder: string
  spool: string
  outgoing: string
  /** A command of Asterisk's console. */
  console: (command: string) => string
  log: () => string
  kill: () => Promise<void>
  start: () => Promise<void>
  end: () => Promise<void>
}

/** The configuration files, by name, besides those that make it run. */
export type ConfigFiles = (place: { spool: string; outgoing: string }) => Record<string, string>

/** An Asterisk with a configuration, a state and a log of its own, which reaches nobody. */
export async function startAsterisk(configFiles: ConfigFiles): Promise<RealAsterisk> {
  const parent = ROOT === '/' ? '/tmp' : join(ROOT, 'tmp')
  const folder = mkdtempSync(join(parent, 'faxlane-asterisk-'))
  // The path by which we know the root leads there from inside as well.
  const mirror = ROOT === '/' ? undefined : join(ROOT, ROOT)
  if (mirror !== undefined && !existsSync(mirror)) {
    mkdirSync(dirname(mirror), { recursive: true })
    symlinkSync('/', mirror)
  }
  const [spool, outgoing] = [join(folder, 'spool'), join(folder, 'outgoing')]
  for (const name of ['etc', 'spool', 'outgoing', 'state', 'run', 'log', 'asterisk'])
    mkdirSync(join(folder, name), { mode: 0o750 })
  const files = { ...OWN_FILES, 'asterisk.conf': asteriskConf(folder), ...configFiles({ spool, outgoing }) }
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, 'etc', name), text)
  const asterisk = ['asterisk', '-C', join(folder, 'etc/asterisk.conf')] as const
  const console = (command: string) =>
    execFileSync(...inRoot(...asterisk, '-rx', command), { encoding: 'utf8' })
  let child: ChildProcess | undefined
  const start = async () => {
    child = spawn(...inRoot(...asterisk, '-f'), { stdio: 'ignore' })
    for (let tries = 0; tries < 100; tries++) {
      await pause(200)
      const asked = spawnSync(...inRoot(...asterisk, '-rx', 'core waitfullybooted'), { encoding: 'utf8' })
      if (asked.stdout.includes('fully booted')) return
    }
    throw new Error(`Asterisk did not start:\n${log()}`)
  }
  const log = () => readFileSync(join(folder, 'log/messages'), 'utf8')
  const kill = async () => {
    const ended = new Promise((resolve) => child?.once('exit', resolve))
    child?.kill('SIGKILL')
    await ended
  }
  await start()
  return {
    version: execFileSync(...inRoot('asterisk', '-V'), { encoding: 'utf8' }).trim(),
    folder,
    spool,
    outgoing,
    console,
    log,
    kill,
    start,
    end: async () => {
      await kill()
      rmSync(folder, { recursive: true, force: true })
      if (mirror !== undefined) rmSync(mirror, { force: true })
    },
  }
}

function inRoot(...[program = '', ...words]: readonly string[]): [string, string[]] {
  return ROOT === '/' ? [program, words] : ['chroot', [ROOT, program, ...words]]
}

function asteriskConf(folder: string): string {
  const modules = ['/usr/lib/x86_64-linux-gnu', '/usr/lib/aarch64-linux-gnu', '/usr/lib64', '/usr/lib']
    .map((path) => join(path, 'asterisk/modules'))
    .find((path) => existsSync(join(ROOT, path, 'res_fax.so')))
  const lines = {
    astetcdir: join(folder, 'etc'),
    astmoddir: modules ?? '/usr/lib/asterisk/modules',
    astvarlibdir: '/var/lib/asterisk',
    astdatadir: '/usr/share/asterisk',
    astdbdir: join(folder, 'state'),
    astkeydir: join(folder, 'state'),
    astspooldir: join(folder, 'asterisk'),
    astrundir: join(folder, 'run'),
    astlogdir: join(folder, 'log'),
  }
  return `[directories](!)\n[directories]\n${Object.entries(lines)
    .map(([name, path]) => `${name} => ${path}\n`)
    .join('')}[options]\nsystemname = pbx\n`
}

/** No channel driver but Local: nothing listens, and nothing is reached. */
const MODULES = [
  'pbx_config res_fax res_fax_spandsp res_timing_timerfd app_userevent app_dial app_stack app_exec app_verbose app_echo',
  'func_callerid func_channel func_strings func_dialplan func_timeout func_logic func_base64 func_env func_uri func_cut',
  'codec_alaw codec_ulaw format_pcm bridge_simple bridge_builtin_features',
]
  .join(' ')
  .split(' ')

const OWN_FILES = {
  'modules.conf': `[modules]\nautoload = no\n${MODULES.map((name) => `load = ${name}.so\n`).join('')}`,
  'logger.conf': '[general]\n[logfiles]\nmessages => notice,warning,error,verbose\n',
  'res_fax.conf': '[general]\nstatusevents = yes\n',
}
