import type { PbxSite } from '../../../shared/routing-table/pbx-table.ts'
import type { Context, Step } from './context.ts'
import { contextsOf, DESTINATION_VARIABLE, numberOnly, PRE_INCALL, PRE_OUTCALL } from './names.ts'
import { numberList, unlessGiven, unlessListed } from './trunk-codec.ts'

/** XiVO's variables until 22 have XIVO_ in front, Wazo's from then on WAZO_; the one that a PBX does not have is empty. */
export const XIVO_DIALLED = [
  `Set(FAXLANE_DID=${numberOnly('${WAZO_DSTNUM}')})`,
  `ExecIf($["\${FAXLANE_DID}" = ""]?Set(FAXLANE_DID=${numberOnly('${XIVO_DSTNUM}')}))`,
] as const satisfies readonly Step[]

/** The subroutine of one incoming call, for its field Preprocess subroutine: whatever number it has goes to faxlane. */
export function xivoSubroutines(site: PbxSite): Context[] {
  const { did, receive } = contextsOf(site.name)
  return [
    {
      name: did,
      about: [
        `Preprocess subroutine of an incoming call: ${did}. Its faxes go to faxlane, and what the call's destination says (FaxToMail)`,
        'is never reached.',
      ],
      extensions: [
        {
          exten: 's',
          steps: [...XIVO_DIALLED, `Set(${DESTINATION_VARIABLE}=\${FAXLANE_DID})`, `Goto(${receive},s,1)`],
        },
      ],
    },
  ]
}

/** XiVO's global subroutines, by the names that xivo_globals.conf has from the start: no call has to be edited. */
export function xivoHooks(site: PbxSite): Context[] {
  const { detect, lines } = contextsOf(site.name)
  const listens = site.detected.length > 0
  return [
    {
      name: 'xivo-subrgbl-did',
      about: [
        'For every incoming call: fax numbers of the routing table go to faxlane, and all others go on.',
      ],
      extensions: [{ exten: 's', steps: didSteps(site) }],
    },
    ...(site.lines.length > 0
      ? [
          numberList(
            lines,
            'Lines with a fax machine, as called from outside.',
            site.lines.map(({ did }) => did),
          ),
        ]
      : []),
    ...(listens
      ? [
          {
            name: 'xivo-subrgbl-user',
            about: [
              'For every call to a user, before the telephone rings: calls from outside are listened to for a fax.',
            ],
            extensions: [
              {
                exten: 's',
                steps: userSteps(detect),
              },
            ],
          },
        ]
      : []),
    {
      name: 'xivo-subrgbl-outcall',
      about: ['For every call that goes out.'],
      extensions: [{ exten: 's', steps: [`Gosub(${PRE_OUTCALL},s,1)`, 'Return()'] }],
    },
  ]
}

function userSteps(detect: string): Step[] {
  const [first, ...more] = XIVO_DIALLED
  return [
    'GotoIf($["${WAZO_CALLORIGIN}" = "extern"]?listen)',
    'GotoIf($["${XIVO_CALLORIGIN}" != "extern"]?end)',
    { label: 'listen', run: first },
    ...more,
    unlessGiven('FAXLANE_DID', 'end'),
    `Gosub(${detect},\${FAXLANE_DID},1)`,
    { label: 'end', run: 'Return()' },
  ]
}

function didSteps(site: PbxSite): Step[] {
  const { numbers, detect, lines } = contextsOf(site.name)
  return [
    ...XIVO_DIALLED,
    unlessGiven('FAXLANE_DID', 'end'),
    `GotoIf($[\${DIALPLAN_EXISTS(${numbers},\${FAXLANE_DID},1)} = 1]?${numbers},\${FAXLANE_DID},1)`,
    ...(site.detected.length > 0 ? [`Gosub(${detect},\${FAXLANE_DID},1)`] : []),
    ...(site.lines.length > 0 ? [unlessListed(lines, 'FAXLANE_DID', 'end'), `Gosub(${PRE_INCALL},s,1)`] : []),
    { label: 'end', run: 'Return()' },
  ]
}
