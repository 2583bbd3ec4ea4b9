import type { PbxSite } from '../../../shared/routing-table/pbx-table.ts'
import { groupSpool, type Step } from './common.ts'

export function hylafaxSteps(site: PbxSite): Step[] {
  return [
    groupSpool(site),
    {
      title: 'Let HylaFAX hand its faxes over',
      lines: [
        'Put FaxDispatch in place; it replaces the one that is there.',
        'usermod -aG faxlane-edge uucp',
        'What you see: a received fax goes up within seconds, and HylaFAX mails nobody about it: journalctl -u faxlane-edge',
      ],
    },
  ]
}

export function freeswitchSteps(site: PbxSite): Step[] {
  return [
    groupSpool(site),
    {
      title: 'Let FreeSWITCH receive and hand over',
      lines: [
        'Load mod_spandsp and mod_lua (autoload_configs/modules.conf.xml).',
        'Put faxlane.xml and faxlane.lua in place. usermod -aG faxlane-edge freeswitch, and restart FreeSWITCH once for the group.',
        ...(site.takesAny
          ? ['[dstnum_default] has no extension here: name the numbers that FreeSWITCH is to answer.']
          : []),
      ],
    },
  ]
}
