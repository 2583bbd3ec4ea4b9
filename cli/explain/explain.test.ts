import { mkdtemp, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { loadTable } from '../table-file.ts'
import { plain } from '../terminal/screen.ts'
import { textWidth } from '../terminal/text-width.ts'
import { faxlane } from '../testing.ts'
import { describe as inWords } from './describe.ts'
import { explain } from './explanation.ts'

const table = loadTable('config/fax.conf')
const { fallback: _, ...withoutDefault } = table

describe('the explanation of a number', () => {
  it('with a section of its own', () => {
    const { by, section, deliveries, alike } = explain(table, '100')
    expect({ by, section, alike }).toEqual({ by: 'own', section: 'dstnum_100', alike: [] })
    expect(deliveries.map(({ backend, recipients }) => [backend.name, recipients])).toEqual([
      ['mail', ['sales@example.org', 'archive@example.org']],
      ['printer_office', []],
    ])
  })

  it('without one says that the default decides, and which number may be meant', () => {
    const { by, section, reason, alike, deliveries } = explain(table, '+33112697845')
    expect({ by, section, reason, alike, backends: deliveries.length }).toEqual({
      by: 'default',
      section: 'dstnum_default',
      reason: 'There is no section [dstnum_+33112697845].',
      alike: ['0112697845'],
      backends: 4,
    })
  })

  it('without one and without a default says that it is unrouted', () => {
    const { by, reason, deliveries } = explain(withoutDefault, '*1')
    expect({ by, deliveries }).toEqual({ by: 'unrouted', deliveries: [] })
    expect(reason).toBe('There is no section [dstnum_*1]. There is no [dstnum_default] either.')
    expect(explain(withoutDefault, '*').alike).toEqual([])
  })

  it('in words fits the terminal, and names what an admin has to check', () => {
    const screen = { columns: 60, paint: plain, write: () => {} }
    const text = inWords(screen, explain(table, '5'), { source: 'config/fax.conf', pbxSides: [] })
    for (const line of text.split('\n')) expect(textWidth(line)).toBeLessThanOrEqual(80)
    for (const part of [
      'office@example.org',
      'ftp.example.org, port 21',
      'faxlane/ftp_example_org',
      'office at site main',
    ]) {
      expect(text).toContain(part)
    }
  })
})

describe('faxlane explain', () => {
  it('answers from the table of the folder, and as JSON', async () => {
    const { exitCode, stdout } = await faxlane(['explain', '0112697845', '--json'], '.')
    expect(exitCode).toBe(0)
    const { by, deliveries } = JSON.parse(stdout.toString())
    expect(by).toBe('own')
    expect(deliveries[1]).toMatchObject({
      name: 'log',
      message: expect.stringContaining('%(srcnum)s'),
      recipients: [],
    })
  })

  it.each([
    [[], 2, 'a number is missing'],
    [['1', '2'], 2, '2 is a second number'],
    [['office'], 2, 'office is no number'],
    [['1', '--tabel', 'x'], 2, '--tabel'],
    [['1', '--table', '/nowhere/fax.conf'], 1, "can't read /nowhere/fax.conf: no such file"],
  ])('%j ends with %i', async (words, code, text) => {
    const { exitCode, stderr } = await faxlane(['explain', ...words], '.')
    expect({ exitCode, stderr }).toEqual({ exitCode: code, stderr: expect.stringContaining(text) })
  })

  it('shows all that is wrong with a table that does not hold', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'faxlane-explain-'))
    await writeFile(join(folder, 'fax.conf'), '[log]\nmsg = %x\n[dstnum_1]\ndest = lgo\n')
    const { exitCode, stderr } = await faxlane(['explain', '1', '--table', 'fax.conf'], folder)
    expect(exitCode).toBe(1)
    expect(stderr).toMatch(
      /fax\.conf does not hold in 2 places:\nfax\.conf:2: .*\nfax\.conf:4: dest: There is no such backend/s,
    )
  })
})
