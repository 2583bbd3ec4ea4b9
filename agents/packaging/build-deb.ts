import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import {
  chmodSync,
  lutimesSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, relative } from 'node:path'
import { gzipSync } from 'node:zlib'
import { type AgentBundle, PROJECT } from './bundle-agents.ts'
import { thirdPartyLicences } from './licences.ts'
import type { OwnNode } from './own-node.ts'

export interface DebOptions {
  version: string
  /** The time of everything in the package, so that the same sources make the same package byte for byte. */
  sourceDateEpoch: number
  outputFolder: string
  /** Undefined: the system's. */
  node?: OwnNode | undefined
}

const MAINTAINER_SCRIPTS = ['postinst', 'prerm', 'postrm']

/** Makes the Debian package of an agent; resolves to its path. */
export function buildDeb({ agent, file, metafile }: AgentBundle, options: DebOptions): string {
  const { version, sourceDateEpoch, outputFolder, node } = options
  const name = `faxlane-${agent}`
  const sources = join(PROJECT, 'agents/packaging', name)
  const root = mkdtempSync(join(tmpdir(), `${name}-`))
  try {
    const put = putInto(root)
    put(`usr/lib/${name}/${agent}-agent.mjs`, readFileSync(file), 0o755)
    putCommand(root, put, name, { agent, node })
    put(`usr/lib/systemd/system/${name}.service`, readFileSync(join(sources, `${name}.service`)))
    put(`usr/lib/sysusers.d/${name}.conf`, readFileSync(join(sources, 'sysusers.conf')))
    put(`etc/faxlane/${agent}.conf`, readFileSync(join(sources, `${agent}.conf`)))
    putDocumentation(put, name, { options, licences: thirdPartyLicences(metafile, PROJECT) })
    put('DEBIAN/md5sums', md5sums(root))
    put('DEBIAN/conffiles', `/etc/faxlane/${agent}.conf\n`)
    for (const script of MAINTAINER_SCRIPTS) {
      put(`DEBIAN/${script}`, readFileSync(join(sources, script)), 0o755)
    }
    put('DEBIAN/control', control(readFileSync(join(sources, 'control'), 'utf8'), options, root))
    settle(root, sourceDateEpoch)
    const deb = join(outputFolder, `${name}_${version}_${node?.architecture ?? 'all'}.deb`)
    const environment = { ...process.env, SOURCE_DATE_EPOCH: String(sourceDateEpoch) }
    // Node is 120 MB, and a better compression takes minutes for a tenth less.
    const level = node === undefined ? '-z6' : '-z3'
    execFileSync('dpkg-deb', ['--root-owner-group', '-Zxz', level, '--build', root, deb], {
      env: environment,
      stdio: ['ignore', 'ignore', 'inherit'],
    })
    return deb
  } finally {
    rmSync(root, { recursive: true, force: true })
  }
}

type Put = (path: string, contents: string | Uint8Array, mode?: number) => void

function putInto(root: string): Put {
  return (path, contents, mode = 0o644) => {
    const file = join(root, path)
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(file, contents)
    // Whatever umask the builder has.
    chmodSync(file, mode)
  }
}

function putCommand(
  root: string,
  put: Put,
  name: string,
  { agent, node }: { agent: string; node: OwnNode | undefined },
): void {
  if (node === undefined) {
    mkdirSync(join(root, 'usr/bin'), { recursive: true })
    // Node reads a module's kind off the name of the file that a link leads to.
    symlinkSync(`../lib/${name}/${agent}-agent.mjs`, join(root, 'usr/bin', name))
    return
  }
  const folder = `usr/lib/${name}`
  put(`${folder}/node`, readFileSync(node.file), 0o755)
  put(`usr/bin/${name}`, `#!/bin/sh\nexec /${folder}/node /${folder}/${agent}-agent.mjs "$@"\n`, 0o755)
}

function putDocumentation(
  put: Put,
  name: string,
  { options, licences }: { options: DebOptions; licences: string },
): void {
  const folder = `usr/share/doc/${name}`
  const date = new Date(options.sourceDateEpoch * 1000).toUTCString().replace('GMT', '+0000')
  const changelog = `${name} (${options.version}) stable; urgency=medium\n\n  * See CHANGELOG.md of faxlane.\n\n -- faxlane <faxlane@localhost>  ${date}\n`
  put(`${folder}/changelog.gz`, gzipSync(changelog, { level: 9 }))
  put(`${folder}/agents.md.gz`, gzipSync(readFileSync(join(PROJECT, 'docs/agents.md')), { level: 9 }))
  const own = 'faxlane: Apache-2.0, see /usr/share/common-licenses/Apache-2.0\n\nThe program holds:\n\n'
  const ofNode = options.node === undefined ? '' : `\nIts own Node:\n\n${options.node.licence}`
  put(`${folder}/copyright`, `${own}${licences}${ofNode}`)
}

/** What Node's own builds need of the system (BUILDING.md of Node 24: glibc 2.28). */
const NEEDS_OF_OWN_NODE = 'libc6 (>= 2.28), libstdc++6'

function control(template: string, { version, node }: DebOptions, root: string): string {
  const kilobytes = Math.ceil(sizeOf(root) / 1024)
  const text = template.replace(
    /^Architecture:/m,
    `Version: ${version}\nInstalled-Size: ${kilobytes}\nArchitecture:`,
  )
  if (node === undefined) return text
  return text
    .replace(/^Architecture: all$/m, `Architecture: ${node.architecture}`)
    .replace(/^(Depends: )nodejs \([^)]*\)/m, `$1${NEEDS_OF_OWN_NODE}`)
}

function sizeOf(folder: string): number {
  return filesIn(folder).reduce((sum, file) => sum + statSync(file).size, 0)
}

/** By which `dpkg --verify` tells what was changed since. Configuration is left out: it is meant to be. */
function md5sums(root: string): string {
  const lines = filesIn(join(root, 'usr')).map((file) => {
    const digest = createHash('md5').update(readFileSync(file)).digest('hex')
    return `${digest}  ${relative(root, file)}\n`
  })
  return lines.join('')
}

/** In an order that no file system decides. */
function filesIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort()
}

/** One time for everything, and folders that anybody may enter. */
function settle(root: string, sourceDateEpoch: number): void {
  const entries = readdirSync(root, { recursive: true, withFileTypes: true })
  for (const entry of entries) {
    const path = join(entry.parentPath, entry.name)
    if (entry.isDirectory()) chmodSync(path, 0o755)
    lutimesSync(path, sourceDateEpoch, sourceDateEpoch)
  }
  chmodSync(root, 0o755)
  lutimesSync(root, sourceDateEpoch, sourceDateEpoch)
}
