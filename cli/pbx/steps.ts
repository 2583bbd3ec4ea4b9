import type { PbxKind, PbxSite } from '../../shared/routing-table/pbx-table.ts'
import { asteriskSteps } from './steps/asterisk.ts'
import type { Step } from './steps/common.ts'
import { freepbxSteps } from './steps/freepbx.ts'
import { freeswitchSteps, hylafaxSteps } from './steps/others.ts'
import { xivoSteps } from './steps/xivo.ts'

export const STEPS_FILE = 'STEPS.txt'

export function stepsText(site: PbxSite, kind: PbxKind): string {
  const steps = STEPS_OF[kind](site)
  const blocks = steps.map(({ title, lines }, index) =>
    [`${index + 1}. ${title}`, ...lines.map((line) => `   ${line}`)]
      .map((line) => `${line.trimEnd()}\n`)
      .join(''),
  )
  return [
    `faxlane on the PBX of the site ${site.name} (${PBX_NAMES[kind]}): what is to be done by hand, once.\n`,
    'Each file beside this one says at its top where it goes and how it is reloaded. docs/pbx.md has it with explanations.\n',
    '\n',
    blocks.join('\n'),
  ].join('')
}

export const PBX_NAMES: Record<PbxKind, string> = {
  asterisk: 'Asterisk',
  xivo: 'XiVO or Wazo',
  freepbx: 'FreePBX',
  hylafax: 'HylaFAX',
  freeswitch: 'FreeSWITCH',
}

const STEPS_OF: Record<PbxKind, (site: PbxSite) => Step[]> = {
  asterisk: asteriskSteps,
  xivo: xivoSteps,
  freepbx: freepbxSteps,
  hylafax: hylafaxSteps,
  freeswitch: freeswitchSteps,
}
