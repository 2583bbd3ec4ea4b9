import { mkdtemp, readdir, readFile, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeEach, describe, expect, it } from 'vitest'
import { faxlane } from '../testing.ts'

const XIVO =
  '[mail]\nemail_from = fax@example.org\ncontent_file = /etc/xivo/mail.txt\n[ftp_a]\nhost = h.example.org\nusername = u\n' +
  "password = it's geheim\ntls = explicit\n[dstnum_default]\ndest = mail, ftp_a\n"

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'faxlane-import-'))
  await writeFile(join(folder, 'xivo_fax.conf'), XIVO)
  await writeFile(join(folder, 'mail.txt'), 'Fax to %(dstnum)s\n')
  await writeFile(join(folder, 'calls.csv'), 'default,office@example.org\n')
})

const WORDS = ['import', 'xivo_fax.conf', '--recipients', 'calls.csv', '--out', 'out/fax.conf']
const run = (...words: string[]) => faxlane(words, folder)

describe('faxlane import', () => {
  it('writes a table that holds, and the body beside it', async () => {
    const { exitCode, stdout, stderr } = await run(...WORDS)
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' })
    expect((await readdir(join(folder, 'out'))).sort()).toEqual(['fax.conf', 'mail.txt'])
    expect(stdout.toString()).toContain('out/fax.conf holds.')
    expect(stdout.toString()).not.toContain('geheim')
    const explained = await run('explain', '5', '--table', 'out/fax.conf')
    expect(explained.stdout.toString()).toContain('office@example.org')
  })

  it('prints the commands that set the passwords, quoted for a shell, when it is told to', async () => {
    const { stdout } = await run(...WORDS, '--show-passwords', '--json')
    expect(JSON.parse(stdout.toString()).secrets).toEqual([
      {
        name: 'faxlane/ftp_a',
        section: 'ftp_a',
        command: `aws secretsmanager put-secret-value --secret-id faxlane/ftp_a --secret-string 'it'\\''s geheim'`,
      },
    ])
  })

  it('writes over nothing unless it is told to', async () => {
    await run(...WORDS)
    const again = await run(...WORDS)
    expect(again.exitCode).toBe(1)
    expect(again.stderr).toContain('out/fax.conf is there already')
    expect((await run(...WORDS, '--force')).exitCode).toBe(0)
    const onto = await run('import', 'xivo_fax.conf', '--out', './xivo_fax.conf', '--force')
    expect([onto.exitCode, onto.stderr]).toEqual([2, expect.stringContaining('would write over the file')])
    expect(await readFile(join(folder, 'xivo_fax.conf'), 'utf8')).toBe(XIVO)
  })

  it('writes what is left to the admin as well, and says so by its exit code', async () => {
    const { exitCode, stdout, stderr } = await run('import', 'xivo_fax.conf')
    expect(exitCode).toBe(1)
    expect(stdout.toString()).toContain('password_secret = faxlane/ftp_a')
    expect(stderr).toContain('mail has no recipient for the numbers without a section of their own')
    expect(stderr).toContain('Then once more, with --recipients')
    expect((await run(...WORDS)).stdout.toString()).not.toContain('Then once more')
  })

  it('uses no list of recipients that has a mistake', async () => {
    await writeFile(join(folder, 'calls.csv'), '1,a@\n')
    const { exitCode, stderr } = await run(...WORDS)
    expect({ exitCode, stderr }).toEqual({
      exitCode: 1,
      stderr: expect.stringContaining('line 1: a@ is no mail address'),
    })
    expect(await readdir(folder)).not.toContain('out')
  })
})
