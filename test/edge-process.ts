import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { appendFile, mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { HeadObjectCommand, ListObjectsV2Command, type S3Client } from '@aws-sdk/client-s3'
import { bundleAgent } from '../agents/packaging/bundle-agents.ts'
import { CREDENTIALS, REGION } from '../local/aws/testing.ts'
import { type Facts, factsFromMetadata } from '../shared/facts.ts'

export interface EdgeProcess {
  child: ChildProcess
  /** All that it wrote so far. */
  output: () => string
  /** Resolves to the exit code, or the signal that ended it. */
  ended: Promise<number | NodeJS.Signals>
}

/** A site with the edge agent as it is installed: one bundle, a configuration file, a spool, a state folder. */
export interface EdgeInstallation {
  home: string
  spool: string
  outgoing: string
  bundle: string
  run: () => EdgeProcess
  /** A subcommand to its end. */
  command: (...words: string[]) => Promise<{ exitCode: number; stdout: string; stderr: string }>
  spawnCommand: (...words: string[]) => ChildProcess
  /** Changes options of the configuration file, for what is started from now on. */
  configure: (options: Record<string, string | number>) => Promise<void>
  remove: () => Promise<void>
}

export interface Installation {
  endpoint: string
  bucket: string
  options?: Record<string, string | number>
}

export async function installEdge({
  endpoint,
  bucket,
  options = {},
}: Installation): Promise<EdgeInstallation> {
  const home = await mkdtemp(join(tmpdir(), 'faxlane-edge-'))
  const spool = join(home, 'spool')
  await mkdir(spool, { mode: 0o770 })
  await mkdir(join(home, 'state'))
  const outgoing = join(home, 'outgoing')
  await mkdir(outgoing, { mode: 0o750 })
  const { file: bundle } = bundleAgent('edge', '0.0.0', home)
  const config = join(home, 'edge.conf')
  const settings: Record<string, string | number> = {
    site: 'paris',
    region: REGION,
    bucket,
    endpoint,
    spool,
    state_folder: join(home, 'state'),
    outgoing_folder: outgoing,
    ...options,
  }
  const configure = async (changes: Record<string, string | number>) => {
    Object.assign(settings, changes)
    const lines = Object.entries(settings).map(([name, value]) => `${name} = ${value}`)
    await writeFile(config, `[edge]\n${lines.join('\n')}\n`)
  }
  await configure({})
  const env = {
    PATH: process.env.PATH,
    AWS_ACCESS_KEY_ID: CREDENTIALS.accessKeyId,
    AWS_SECRET_ACCESS_KEY: CREDENTIALS.secretAccessKey,
  }
  const argumentsOf = (words: string[]) => [bundle, ...words, '--config', config]
  return {
    home,
    spool,
    outgoing,
    bundle,
    run: () => watched(spawn(process.execPath, argumentsOf(['run']), { env })),
    command: (...words) =>
      new Promise((resolve) => {
        execFile(process.execPath, argumentsOf(words), { env }, (error, stdout, stderr) => {
          resolve({
            exitCode: typeof error?.code === 'number' ? error.code : error === null ? 0 : -1,
            stdout,
            stderr,
          })
        })
      }),
    spawnCommand: (...words) => spawn(process.execPath, argumentsOf(words), { env, stdio: 'ignore' }),
    configure,
    remove: () => rm(home, { recursive: true, force: true }),
  }
}

function watched(child: ChildProcess): EdgeProcess {
  let output = ''
  child.stdout?.on('data', (piece: Buffer) => {
    output += piece.toString()
  })
  child.stderr?.on('data', (piece: Buffer) => {
    output += piece.toString()
  })
  const ended = new Promise<number | NodeJS.Signals>((resolve) => {
    child.once('exit', (code, signal) => resolve(code ?? signal ?? -1))
  })
  return { child, output: () => output, ended }
}

export interface Call {
  stem: string
  /** Undefined: the call ended before a page. */
  tiff: Uint8Array | undefined
  facts: Record<string, string>
}

/** As Asterisk and its hangup handler do it: the TIFF under its own name, then the sidecar line by line. */
export async function takeCall(spool: string, { stem, tiff, facts }: Call): Promise<void> {
  if (tiff !== undefined) {
    await writeFile(join(spool, `${stem}.tif`), tiff.subarray(0, tiff.length / 2))
    await appendFile(join(spool, `${stem}.tif`), tiff.subarray(tiff.length / 2))
  }
  for (const [name, value] of Object.entries(facts)) {
    await appendFile(join(spool, `${stem}.facts`), `${name}=${Buffer.from(value).toString('base64')}\n`)
  }
  await appendFile(join(spool, `${stem}.facts`), 'end\n')
}

export interface Arrived {
  key: string
  sizeBytes: number
  facts: Facts
}

export async function arrivedFaxes(s3: S3Client, bucket: string): Promise<Arrived[]> {
  const arrived: Arrived[] = []
  let token: string | undefined
  do {
    const page = await s3.send(
      new ListObjectsV2Command({ Bucket: bucket, Prefix: 'incoming/', ContinuationToken: token }),
    )
    for (const { Key: key = '' } of page.Contents ?? []) {
      const head = await s3.send(new HeadObjectCommand({ Bucket: bucket, Key: key }))
      const facts = factsFromMetadata(head.Metadata ?? {}, new Date(0))
      arrived.push({ key, sizeBytes: head.ContentLength ?? -1, facts })
    }
    token = page.NextContinuationToken
  } while (token !== undefined)
  return arrived
}

/** Names in the spool, folders and submissions that were cut off left out. */
export async function leftIn(spool: string): Promise<string[]> {
  const entries = await readdir(spool, { withFileTypes: true })
  return entries.filter((entry) => entry.isFile() && !entry.name.startsWith('.')).map(({ name }) => name)
}
