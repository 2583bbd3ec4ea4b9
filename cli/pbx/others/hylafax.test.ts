import { spawnSync } from 'node:child_process'
import { chmodSync, existsSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { bareSite, fullSite } from '../testing/sites.ts'
import { hylafaxFiles } from './hylafax.ts'

/** Sources FaxDispatch as faxrcvd does, with a faxlane-edge that notes its words down. */
function dispatch(site: typeof fullSite, variables: Record<string, string>, exitCode = 0) {
  const folder = mkdtempSync(join(tmpdir(), 'faxlane-hylafax-'))
  const [{ text } = { text: '' }] = hylafaxFiles(site)
  writeFileSync(join(folder, 'FaxDispatch'), text)
  writeFileSync(join(folder, 'fax00001.tif'), 'II*')
  writeFileSync(
    join(folder, 'faxlane-edge'),
    `#!/bin/sh\nfor word in "$@"; do printf '%s\\0' "$word"; done > "${folder}/words"\nexit ${exitCode}\n`,
  )
  chmodSync(join(folder, 'faxlane-edge'), 0o755)
  const script = '. ./FaxDispatch; printf "%s|%s" "$SENDTO" "$NOTIFY_FAXMASTER"'
  const { stdout, stderr, status } = spawnSync('/bin/sh', ['-eu', '-c', script], {
    cwd: folder,
    encoding: 'utf8',
    env: {
      PATH: `${folder}:/usr/bin:/bin`,
      FILE: 'fax00001.tif',
      DEVICE: 'ttyS0',
      COMMID: '00000042',
      MSG: '',
      SENDER: '',
      SENDTO: 'FaxMaster',
      NOTIFY_FAXMASTER: 'always',
      ...variables,
    },
  })
  expect({ stderr, status }).toEqual({ stderr: '', status: 0 })
  const words = existsSync(join(folder, 'words'))
    ? readFileSync(join(folder, 'words'), 'utf8').split('\0').slice(0, -1)
    : undefined
  return { words, mail: stdout, left: existsSync(join(folder, 'x')) }
}

const FAX = {
  CALLID1: '0478123456',
  CALLID2: 'Etude Marchand',
  CALLID3: '0112697845',
  SENDER: '+33 4 78 12 34 56',
}

describe('FaxDispatch', () => {
  it('hands a fax over, and keeps HylaFAX from mailing it', () => {
    const { words, mail } = dispatch(fullSite, FAX)
    expect(words).toEqual([
      'submit',
      '--from=0478123456',
      '--name=Etude Marchand',
      '--to=0112697845',
      '--station-id=+33 4 78 12 34 56',
      '--error=',
      '--call-id=00000042',
      expect.stringMatching(/^--received-at=\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/),
      '--',
      'fax00001.tif',
    ])
    expect(mail).toBe('|never')
  })

  it('leaves HylaFAX its mail where the agent did not take the fax, or the reception had an error', () => {
    expect(dispatch(fullSite, FAX, 1).mail).toBe('FaxMaster|always')
    const broken = dispatch(fullSite, { ...FAX, MSG: 'RSPREC error' })
    expect(broken.mail).toBe('|always')
    expect(broken.words).toContain('--error=RSPREC error')
  })

  it('takes the only number of the table where the modem says none, and no number out of several', () => {
    const { CALLID3: _, ...without } = FAX
    expect(dispatch(bareSite, without).words).toContain('--to=100')
    expect(dispatch(fullSite, without)).toMatchObject({ words: undefined, mail: 'FaxMaster|always' })
  })

  it('lets no caller run anything', () => {
    const hostile = fc.oneof(
      fc.constantFrom(
        '$(touch x)',
        '`touch x`',
        '"; touch x; "',
        "'; touch x #",
        '-x',
        '--to=1',
        '* ?',
        '\n',
        '\\',
      ),
      fc.string({ unit: 'binary-ascii', maxLength: 20 }).map((text) => text.replaceAll('\0', '')),
    )
    fc.assert(
      fc.property(hostile, hostile, hostile, (number, name, station) => {
        const variables = { ...FAX, CALLID1: number, CALLID2: name, SENDER: station }
        const { words, left } = dispatch(fullSite, variables)
        expect(left).toBe(false)
        expect(words?.slice(1, 5)).toEqual([
          `--from=${number}`,
          `--name=${name}`,
          '--to=0112697845',
          `--station-id=${station}`,
        ])
      }),
      { numRuns: 40 },
    )
  })
})
