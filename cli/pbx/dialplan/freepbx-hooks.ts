import type { PbxSite } from '../../../shared/routing-table/pbx-table.ts'
import type { Context, Extension } from './context.ts'
import { contextsOf, PRE_INCALL, PRE_OUTCALL } from './names.ts'

/** What FreePBX has in front of each call over a trunk, and leaves empty for others to fill. */
const PREDIAL_HOOK = 'macro-dialout-trunk-predial-hook'
/** Where FreePBX has calls from trunks. */
const FROM_TRUNK = 'from-trunk'

export function freepbxHooks(site: PbxSite): Context[] {
  const { fromTrunk, numbers } = contextsOf(site.name)
  return [
    {
      name: fromTrunk,
      about: [
        'For the field Context of a trunk, in place of from-trunk: fax numbers of the routing table go to faxlane, and all others go on',
        'to the inbound routes.',
      ],
      includes: [numbers, FROM_TRUNK],
      extensions: [...linesOf(site), ...peopleOf(site)],
    },
    {
      name: PREDIAL_HOOK,
      about: [
        'Before a call over a trunk. FreePBX 17 calls this with Gosub, which wants a Return; 16 calls it with Macro, which ends by itself.',
      ],
      extensions: [
        {
          exten: 's',
          steps: [`Gosub(${PRE_OUTCALL},s,1)`, 'ExecIf($["${MACRO_CONTEXT}" = ""]?Return())'],
        },
      ],
    },
  ]
}

function linesOf({ lines }: PbxSite): Extension[] {
  const dids = [...new Set(lines.map(({ did }) => did))]
  return dids.map((number) => ({
    exten: number,
    steps: [`Gosub(${PRE_INCALL},s,1(${number}))`, `Goto(${FROM_TRUNK},${number},1)`],
  }))
}

function peopleOf({ name, detected, lines }: PbxSite): Extension[] {
  const { detect } = contextsOf(name)
  return detected
    .filter((number) => !lines.some(({ did }) => did === number))
    .map((number) => ({
      exten: number,
      steps: [`Gosub(${detect},${number},1)`, `Goto(${FROM_TRUNK},${number},1)`],
    }))
}
