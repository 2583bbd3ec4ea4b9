import { spawnSync } from 'node:child_process'
import { chmodSync, existsSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { fullSite } from '../testing/sites.ts'
import { freeswitchFiles } from './freeswitch.ts'

const script = freeswitchFiles(fullSite).find(({ path }) => path === 'faxlane.lua')?.text ?? ''

/** Runs the hook with a real Lua, FreeSWITCH's objects around it, and a faxlane-edge that notes its words down. */
function hangUp(variables: Record<string, string>, exitCode = 0) {
  const folder = mkdtempSync(join(tmpdir(), 'faxlane-freeswitch-'))
  const file = join(folder, 'fax.tif')
  writeFileSync(file, 'II*')
  writeFileSync(
    join(folder, 'faxlane-edge'),
    `#!/bin/sh\nfor word in "$@"; do printf '%s\\0' "$word"; done > "${folder}/words"\nexit ${exitCode}\n`,
  )
  chmodSync(join(folder, 'faxlane-edge'), 0o755)
  const all = { uuid: 'u-1', faxlane_file: file, faxlane_to: '0112697845', ...variables }
  const table = Object.entries(all)
    .map(
      ([name, value]) =>
        `${name} = "${[...Buffer.from(value)].map((byte) => `\\${String(byte).padStart(3, '0')}`).join('')}"`,
    )
    .join(', ')
  const around = `local values = {${table}}\nenv = { getHeader = function(_, name) return values[name] end }\nfreeswitch = { consoleLog = function(level) io.stderr:write(level) end }\n`
  const { status, stderr } = spawnSync('lua', ['-'], {
    cwd: folder,
    input: around + script,
    encoding: 'utf8',
    env: { PATH: `${folder}:/usr/bin:/bin` },
  })
  const words = existsSync(join(folder, 'words'))
    ? readFileSync(join(folder, 'words'), 'latin1').split('\0').slice(0, -1)
    : undefined
  return { status, stderr, words, isKept: existsSync(file), left: existsSync(join(folder, 'x')) }
}

describe('the hook of FreeSWITCH', () => {
  it('hands a fax over, and deletes it when the agent has it', () => {
    const { words, status, isKept } = hangUp({
      faxlane_from: '0478123456',
      fax_remote_station_id: '+33 4',
    })
    expect({ status, isKept }).toEqual({ status: 0, isKept: false })
    expect(words?.slice(0, 5)).toEqual([
      'submit',
      '--from=0478123456',
      '--name=',
      '--to=0112697845',
      '--station-id=+33 4',
    ])
    expect(words?.at(-2)).toBe('--')
  })

  it('finds the variables under the other name that FreeSWITCH gives them', () => {
    const { words } = hangUp({ variable_faxlane_from: '0478123456', variable_fax_remote_station_id: '+33 4' })
    expect(words).toEqual(expect.arrayContaining(['--from=0478123456', '--station-id=+33 4']))
  })

  it.each([
    [{ fax_success: '1', fax_result_text: 'OK' }, '--error='],
    [
      { fax_success: '0', fax_result_text: 'The call dropped prematurely' },
      '--error=The call dropped prematurely',
    ],
    [{ fax_success: '0' }, '--error=fax_success=0'],
  ])('says whether the call broke off: %j', (variables, word) => {
    expect(hangUp(variables).words).toContain(word)
  })

  it('keeps what the agent did not take, and has nothing to do where no page came', () => {
    expect(hangUp({}, 1)).toMatchObject({ isKept: true, stderr: 'err' })
    expect(hangUp({ faxlane_file: '/nowhere/fax.tif' })).toMatchObject({ words: undefined, status: 0 })
  })

  it('lets no caller run anything', () => {
    const hostile = fc.oneof(
      fc.constantFrom('$(touch x)', '`touch x`', '"; touch x; "', "'; touch x; '", "''", '\n', '\\'),
      fc.string({ unit: 'binary-ascii', maxLength: 20 }).map((text) => text.replaceAll('\0', '')),
    )
    fc.assert(
      fc.property(hostile, hostile, (number, station) => {
        const { words, left } = hangUp({ faxlane_from: number, fax_remote_station_id: station })
        expect(left).toBe(false)
        expect([words?.[1], words?.[4]]).toEqual([`--from=${number}`, `--station-id=${station}`])
      }),
      { numRuns: 25 },
    )
  })
})
