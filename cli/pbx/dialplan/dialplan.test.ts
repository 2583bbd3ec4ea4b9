import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseSidecar } from '../../../agents/edge/sidecar.ts'
import { PBX_KINDS, type PbxKind } from '../../../shared/routing-table/pbx-table.ts'
import { DIAL_VARIABLES } from '../../../shared/transmission/pbx-words.ts'
import { filesOf } from '../plan.ts'
import { Call, type Caller } from '../testing/call.ts'
import { checkDialplan } from '../testing/check-dialplan.ts'
import type { ParsedDialplan } from '../testing/dialplan.ts'
import { bareSite, fullSite } from '../testing/sites.ts'
import { substitute } from '../testing/substitute.ts'

const FOREIGN = ['from-trunk']
const DIALPLAN_FILES = /^(extensions_faxlane|faxlane|faxlane-hooks)\.conf$/

function dialplanOf(site: typeof fullSite, kind: PbxKind): ParsedDialplan {
  const texts = filesOf(site, kind)
    .filter(({ path }) => DIALPLAN_FILES.test(path))
    .map(({ text }) => text)
  return checkDialplan(texts.join('\n'), FOREIGN)
}

const asterisk = dialplanOf(fullSite, 'asterisk')
const xivo = dialplanOf(fullSite, 'xivo')
const freepbx = dialplanOf(fullSite, 'freepbx')

const ORDINARY: Caller = {
  number: '0478123456',
  name: 'Etude Marchand',
  fax: {
    status: 'SUCCESS',
    error: 'HANGUP',
    pages: '2',
    rate: '14400',
    resolution: '8031x7700',
    remotestationid: '+33 4 78 12 34 56',
  },
}

function sidecarOf(call: Call) {
  const [[file, text] = ['', ''], ...more] = [...call.files]
  expect(more).toEqual([])
  return { file, ...parseSidecar(text) }
}

describe('each dialplan', () => {
  it.each(
    PBX_KINDS.filter((kind) => kind !== 'hylafax' && kind !== 'freeswitch').flatMap((kind) => [
      { kind, of: 'a full table', site: fullSite },
      { kind, of: 'a bare table', site: bareSite },
    ]),
  )('for $kind and $of passes the strict checker', ({ kind, site }) => {
    expect(dialplanOf(site, kind).contexts.size).toBeGreaterThan(5)
  })
})

describe('a call to a fax number', () => {
  const call = new Call(asterisk, ORDINARY).run('faxlane-paris', '0112697845')

  it('is received with what the table says, and names the file by the call', () => {
    expect(call.events).toEqual([
      ['TIMEOUT(absolute)', '5400'],
      ['FAXOPT(ecm)', 'yes'],
      ['FAXOPT(maxrate)', '14400'],
      ['FAXOPT(localstationid)', '+33 1 12 69 78 45'],
      ['FAXOPT(headerinfo)', 'ACME, Paris & Lyon'],
      ['Answer', ''],
      ['ReceiveFAX', '/var/spool/faxlane/1795420800-pbx-1795420799.7.tif,f'],
      ['Hangup', ''],
    ])
  })

  it('is handed over as the edge agent reads it', () => {
    expect(sidecarOf(call)).toEqual({
      file: '/var/spool/faxlane/1795420800-pbx-1795420799.7.facts',
      finished: true,
      oddities: [],
      facts: {
        source: '0478123456',
        sourceName: 'Etude Marchand',
        destination: '0112697845',
        stationId: '+33 4 78 12 34 56',
        status: 'SUCCESS',
        error: 'HANGUP',
        pages: '2',
        rate: '14400',
        resolution: '8031x7700',
        callId: 'pbx-1795420799.7',
        receivedAt: '2026-11-23T08:00:00.000Z',
      },
    })
  })

  it('that ends before the fax began is a failed one', () => {
    const { facts, finished } = sidecarOf(
      new Call(asterisk, { number: '', name: '', fax: {} }).run('faxlane-paris', '+33112697850'),
    )
    expect({ facts, finished }).toMatchObject({
      facts: { status: 'FAILED', destination: '+33112697850' },
      finished: true,
    })
    expect(facts).not.toHaveProperty('source')
  })

  it('without a section of its own is taken by the context for any number, and by no other', () => {
    expect(sidecarOf(new Call(asterisk, ORDINARY).run('faxlane-paris-any', '0999')).facts.destination).toBe(
      '0999',
    )
    expect(() => new Call(asterisk, ORDINARY).run('faxlane-paris', '0999')).toThrow('nothing is at')
  })

  it('over another codec is asked for G.711 on PJSIP, and is not otherwise', () => {
    const events = (caller: Partial<Caller>) =>
      new Call(asterisk, { ...ORDINARY, ...caller }).run('faxlane-paris', '0112697845').events
    expect(events({ audionativeformat: '(g729)' })).toContainEqual(['PJSIP_MEDIA_OFFER(audio)', 'alaw'])
    // What stands first in an answer is what the caller speaks.
    expect(events({ audionativeformat: '(g729|alaw)' })).toContainEqual(['PJSIP_MEDIA_OFFER(audio)', 'alaw'])
    expect(events({ audionativeformat: '(ulaw)' }).map(([name]) => name)).not.toContain(
      'PJSIP_MEDIA_OFFER(audio)',
    )
    expect(events({ channeltype: 'SIP', audionativeformat: '(g729)' }).map(([name]) => name)).not.toContain(
      'PJSIP_SEND_SESSION_REFRESH()',
    )
  })
})

/** Bytes as C strings have them, with all that means something to a dialplan, a shell or the sidecar. */
const hostile = fc
  .array(
    fc.oneof(
      fc.constantFrom(
        ...[
          '$(reboot)',
          '`id`',
          '"; rm -rf /',
          '${EPOCH}',
          '$[1+1]',
          '):1',
          '):0:2',
          '))):5',
          ')',
          '(((',
          '"',
        ],
        ...[
          "'",
          ',',
          ';',
          '|',
          '&',
          '=',
          '\n',
          '\r',
          'end',
          '\nend\n',
          'status=',
          '\\',
          '{',
          '}',
          ']',
          '[',
          ':',
          ' ',
        ],
      ),
      fc.integer({ min: 1, max: 255 }).map((code) => String.fromCharCode(code)),
    ),
    { maxLength: 20 },
  )
  .map((pieces) => pieces.join('').slice(0, 120))

/** As the parser of the sidecar reads bytes. */
function decoded(bytes: string): string | undefined {
  if (bytes === '') return undefined
  const buffer = Buffer.from(bytes, 'latin1')
  const text = buffer.toString('utf8')
  return Buffer.from(text).equals(buffer) ? text : bytes
}

describe('hostile text', () => {
  it.each([
    ['asterisk', asterisk, 'faxlane-paris', '0112697845'],
    ['xivo', xivo, 'faxlane-paris', '0112697845'],
    ['freepbx', freepbx, 'faxlane-paris-from-trunk', '0112697845'],
  ] as const)('stays text through the hand-over of %s, whatever it is', (_, dialplan, context, exten) => {
    fc.assert(
      fc.property(hostile, hostile, hostile, (number, name, station) => {
        const fax = { ...ORDINARY.fax, remotestationid: station }
        const call = new Call(dialplan, { number, name, fax }).run(context, exten)
        const { facts, finished, oddities, file } = sidecarOf(call)
        expect(file).toBe('/var/spool/faxlane/1795420800-pbx-1795420799.7.facts')
        expect([...call.files.values()][0]).toMatch(/^([a-z]+=[A-Za-z0-9+/=]*\n)+end\n$/)
        expect({ finished, oddities }).toEqual({ finished: true, oddities: [] })
        expect([facts.source, facts.sourceName, facts.stationId, facts.destination, facts.status]).toEqual([
          ...[number, name, station].map(decoded),
          '0112697845',
          'SUCCESS',
        ])
      }),
      { numRuns: 150 },
    )
  })

  it('would be cut without the guard: this is what it is for', () => {
    const values = {
      variable: () => 'a):1',
      read: (_: string, data: string) => Buffer.from(data).toString('base64'),
    }
    expect(substitute('${BASE64_ENCODE(${X})}', values)).toBe('Q==')
    expect(substitute('${BASE64_ENCODE(${X})}', { ...values, variable: () => '$(id)`id`|x' })).toBe(
      'JChpZClgaWRgfHg=',
    )
  })

  it.each([
    ['pre-outcall-fax', asterisk],
    ['xivo-subrgbl-outcall', xivo],
    ['macro-dialout-trunk-predial-hook', freepbx],
  ] as const)('as caller of %s breaks no expression, and is no fax line', (context, dialplan) => {
    fc.assert(
      fc.property(hostile, (text) => {
        const number = text.replaceAll(/[0-9]/g, 'x')
        const call = new Call(dialplan, { ...ORDINARY, number }).run(context, 's')
        expect(call.variable('FAXLANE_LAW')).toBe('')
      }),
      { numRuns: 100 },
    )
  })

  it('as dialled number of a XiVO goes nowhere', () => {
    fc.assert(
      fc.property(hostile, (text) => {
        const variables = { WAZO_DSTNUM: text.replaceAll(/[0-9]/g, 'x') }
        const call = new Call(xivo, { ...ORDINARY, variables }).run('xivo-subrgbl-did', 's')
        expect(call.files.size).toBe(0)
      }),
      { numRuns: 100 },
    )
  })

  it('in a transmission does not reach a field of the event but its own', () => {
    fc.assert(
      fc.property(hostile, (station) => {
        const fax = { ...ORDINARY.fax, statusstr: 'OK', remotestationid: station }
        const call = new Call(asterisk, { ...ORDINARY, fax }).run('txfax', 's')
        const [, data = ''] = call.events.find(([name]) => name === 'UserEvent') ?? []
        expect(data.split(',')).toHaveLength(8)
      }),
      { numRuns: 100 },
    )
  })
})

describe('fax detection', () => {
  it('sends a fax to the number that was called, and lets a voice go on', () => {
    const fax = new Call(asterisk, { ...ORDINARY, isFax: true }).run('faxlane-paris-detect', '0112697800')
    expect(sidecarOf(fax).facts.destination).toBe('0112697800')
    expect(fax.events).toContainEqual(['Wait', '6'])
    const voice = new Call(asterisk, ORDINARY).run('faxlane-paris-detect', '201')
    expect(voice.files.size).toBe(0)
    expect(voice.events.at(-1)).toEqual(['FAXOPT(faxdetect)', 'no'])
  })

  it('sets the echo canceller of DAHDI, and asks no other channel for it', () => {
    const events = (channeltype: string) =>
      new Call(asterisk, { ...ORDINARY, isFax: true, channeltype }).run('faxlane-paris-detect', '201').events
    expect(events('DAHDI')).toContainEqual(['CHANNEL(echocan_mode)', 'fax'])
    expect(events('PJSIP').map(([name]) => name)).not.toContain('CHANNEL(echocan_mode)')
  })

  it.each(['100', '5', 'bob', '*9'])('comes back at once from %s', (exten) => {
    expect(
      new Call(asterisk, { ...ORDINARY, isFax: true }).run('faxlane-paris-detect', exten).events,
    ).toEqual([])
  })

  it('leaves a fax number to the context that includes it on a FreePBX, and listens for people', () => {
    expect(() => new Call(freepbx, ORDINARY).run('faxlane-paris-from-trunk', '0112697800')).toThrow(
      'nothing is at from-trunk,0112697800,1',
    )
    const fax = new Call(freepbx, { ...ORDINARY, isFax: true }).run('faxlane-paris-from-trunk', '0112697800')
    expect(sidecarOf(fax).facts.destination).toBe('0112697800')
  })
})

describe('on a XiVO', () => {
  const did = (variables: Record<string, string>, more: Partial<Caller> = {}) =>
    new Call(xivo, { ...ORDINARY, ...more, variables }).run('xivo-subrgbl-did', 's')

  it.each(['XIVO_DSTNUM', 'WAZO_DSTNUM'])('a fax number in %s goes to faxlane', (name) => {
    expect(sidecarOf(did({ [name]: '0112697845' })).facts.destination).toBe('0112697845')
  })

  it('any other goes on to its own destination', () => {
    expect(did({ WAZO_DSTNUM: '0999' }).events).toEqual([])
    expect(did({}).events).toEqual([])
  })

  it('a number of people is listened to, once', () => {
    expect(sidecarOf(did({ WAZO_DSTNUM: '201' }, { isFax: true })).facts.destination).toBe('201')
    expect(did({ WAZO_DSTNUM: '201', FAXLANE_LISTENED: 'yes' }, { isFax: true }).files.size).toBe(0)
  })

  it('a user is listened to on calls from outside alone', () => {
    const user = (variables: Record<string, string>) =>
      new Call(xivo, { ...ORDINARY, isFax: true, variables }).run('xivo-subrgbl-user', 's').files.size
    expect(user({ WAZO_CALLORIGIN: 'extern', WAZO_DSTNUM: '201' })).toBe(1)
    expect(user({ XIVO_CALLORIGIN: 'extern', XIVO_DSTNUM: '201' })).toBe(1)
    expect(user({ XIVO_CALLORIGIN: 'intern', XIVO_DSTNUM: '201' })).toBe(0)
    expect(user({ XIVO_CALLORIGIN: 'extern', XIVO_DSTNUM: '202' })).toBe(0)
  })

  it('the subroutine of one call sends whatever number it has', () => {
    const call = new Call(xivo, { ...ORDINARY, variables: { XIVO_DSTNUM: '0999' } }).run(
      'faxlane-paris-did',
      's',
    )
    expect(sidecarOf(call).facts.destination).toBe('0999')
  })

  it('a line with a fax machine is called in G.711', () => {
    const call = did({ WAZO_DSTNUM: '0112697848' })
    expect([call.variable('SIP_CODEC_INBOUND'), call.variable('SIP_CODEC_OUTBOUND')]).toEqual([
      'alaw',
      'alaw',
    ])
  })
})

describe('a trunk with other codecs', () => {
  const out = (number: string) => new Call(asterisk, { ...ORDINARY, number }).run('pre-outcall-fax', 's')

  it('gets G.711 from fax machines and from faxlane, and from nobody else', () => {
    for (const number of ['0112697848', '0112697845']) {
      const call = out(number)
      expect([call.variable('SIP_CODEC_OUTBOUND'), call.variable('FAXLANE_LAW')]).toEqual(['alaw', 'alaw'])
    }
    expect(out('0112697800').variable('SIP_CODEC_OUTBOUND')).toBe('')
    expect(out('112697848').variable('FAXLANE_LAW')).toBe('')
  })

  it('gets T.38 from the PBX for the lines that say so', () => {
    expect(out('0112697846').events).toEqual([['FAXOPT(gateway)', 'yes']])
    // A transmission of faxlane that calls with the line's number.
    const sent = new Call(asterisk, { ...ORDINARY, number: '0112697846', channeltype: 'Local' })
    expect(sent.run('pre-outcall-fax', 's').events).toEqual([])
    expect(out('0112697848').events).toEqual([])
  })

  it('gets it for their incoming calls as well', () => {
    const incall = (did: string) => {
      const call = new Call(freepbx, ORDINARY)
      expect(() => call.run('faxlane-paris-from-trunk', did)).toThrow(`nothing is at from-trunk,${did},1`)
      return [call.events, call.variable('SIP_CODEC_INBOUND'), call.variable('FAXLANE_LAW')]
    }
    expect(incall('0112697847')).toEqual([[['FAXOPT(gateway)', 'yes']], 'alaw', 'alaw'])
    expect(incall('0112697848')).toEqual([[], 'alaw', 'alaw'])
  })

  it('is offered G.711 by the handler before the call', () => {
    const offer = (variables: Record<string, string>) =>
      new Call(asterisk, { ...ORDINARY, variables }).run('faxlane-offer', 's').events
    expect(offer({ FAXLANE_LAW: 'alaw' })).toEqual([['PJSIP_MEDIA_OFFER(audio)', 'alaw']])
    expect(offer({})).toEqual([])
  })
})

describe('a transmission', () => {
  const variables = {
    [DIAL_VARIABLES.file]: '/var/spool/faxlane/x.tif',
    [DIAL_VARIABLES.job]: '20261123T080000Z-0k3w9x7m2r4t-1',
    [DIAL_VARIABLES.stationId]: '+33 "1"):1',
    [DIAL_VARIABLES.header]: 'ACME',
    [DIAL_VARIABLES.ecm]: 'no',
    [DIAL_VARIABLES.maxRate]: '9600',
    [DIAL_VARIABLES.callSeconds]: '600',
  }

  it('is sent as the edge agent asked for, and says how it ended', () => {
    const fax = {
      status: 'SUCCESS',
      error: 'HANGUP',
      statusstr: 'OK',
      pages: '3',
      rate: '9600',
      remotestationid: 'A,B',
    }
    expect(new Call(asterisk, { ...ORDINARY, fax, variables }).run('txfax', 's').events).toEqual([
      ['TIMEOUT(absolute)', '600'],
      ['FAXOPT(ecm)', 'no'],
      ['FAXOPT(maxrate)', '9600'],
      ['FAXOPT(localstationid)', '+33 "1"):1'],
      ['FAXOPT(headerinfo)', 'ACME'],
      ['SendFAX', '/var/spool/faxlane/x.tif,fz'],
      ['Hangup', ''],
      [
        'UserEvent',
        'FaxProgress,JOB: 20261123T080000Z-0k3w9x7m2r4t-1,STATUS: SUCCESS,ERROR: HANGUP,STATUSSTR: OK,PAGES: 3,RATE: 9600,REMOTE: AB',
      ],
    ])
  })

  it("shows the site's station ID where it brings none", () => {
    const { [DIAL_VARIABLES.stationId]: _, ...without } = variables
    const { events } = new Call(asterisk, { ...ORDINARY, variables: without }).run('txfax', 's')
    expect(events.filter(([name]) => name === 'FAXOPT(localstationid)').at(-1)?.[1]).toBe('+33 1 12 69 78 45')
  })

  it('dials out over the trunk, in G.711', () => {
    const call = new Call(asterisk, ORDINARY).run('faxlane-paris-out', '0478123456')
    expect(call.events[0]).toEqual(['Dial', 'PJSIP/0478123456@provider,,b(faxlane-offer^s^1)'])
    expect(call.variable('FAXLANE_LAW')).toBe('alaw')
  })
})
