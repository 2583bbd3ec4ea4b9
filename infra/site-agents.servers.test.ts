import { execFileSync } from 'node:child_process'
import { X509Certificate } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { expect, it } from 'vitest'
import { readTable } from '../shared/routing-table/read-table.ts'
import { namesOf } from './names.ts'
import { certificateName } from './site-agents.ts'
import { temporaryFolder } from './testing/synthesize.ts'

/** What docs/agents.md has an admin type, but for what makes and owns folders of the machine on site. */
function documentedCommands(): string {
  const page = readFileSync('docs/agents.md', 'utf8')
  const blocks = [...page.matchAll(/^```sh\n(.*?)^```$/gms)].map(([, block = '']) => block)
  const lines = blocks.filter((block) => block.includes('openssl')).flatMap((block) => block.split('\n'))
  return lines.filter((line) => !/^(install|cd|chown) /.test(line)).join('\n')
}

it('the certificates that docs/agents.md makes are those that the table and the roles want', () => {
  const folder = temporaryFolder()
  execFileSync('/bin/sh', ['-e', '-c', documentedCommands()], { cwd: folder, stdio: 'pipe' })
  const table = readTable({
    file: join(folder, 'fax.conf'),
    bytes: Buffer.from(
      '[site_paris]\nca_certificate = ca.pem\n[log]\nmsg = x\n[dstnum_default]\ndest = log\n',
    ),
    readFile: (path) => readFileSync(resolve(folder, path)),
  })
  expect(table.findings).toEqual([])
  const authority = new X509Certificate(table.table?.siteDetails?.paris?.caCertificate ?? '')
  const agent = new X509Certificate(readFileSync(join(folder, 'agent.pem')))
  expect(agent.subject).toBe(`CN=${certificateName(namesOf('faxlane'), 'edge', 'paris')}`)
  expect(agent.checkIssued(authority) && agent.verify(authority.publicKey)).toBe(true)
  // Roles Anywhere takes end-entity certificates of version 3 with digitalSignature, and of authorities alone.
  expect([authority.ca, agent.ca]).toEqual([true, false])
  expect(agent.keyUsage).toEqual(['1.3.6.1.5.5.7.3.2'])
})
