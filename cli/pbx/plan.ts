import type { PbxKind, PbxSite, TrunkChannel } from '../../shared/routing-table/pbx-table.ts'
import { dahdiOptions } from './channels/dahdi.ts'
import { managerUser } from './channels/manager.ts'
import { pjsipOptions } from './channels/pjsip.ts'
import { sipOptions } from './channels/sip.ts'
import { type Context, renderContexts } from './dialplan/context.ts'
import { detectionContexts } from './dialplan/detection.ts'
import { freepbxHooks } from './dialplan/freepbx-hooks.ts'
import { numberOnly } from './dialplan/names.ts'
import { receptionContexts } from './dialplan/reception.ts'
import { transmissionContexts } from './dialplan/transmission.ts'
import { type DialledNumber, trunkCodecContexts } from './dialplan/trunk-codec.ts'
import { XIVO_DIALLED, xivoHooks, xivoSubroutines } from './dialplan/xivo-hooks.ts'
import { gatewayFiles } from './gateways/profiles.ts'
import { type GeneratedFile, type Placement, withHeader } from './generated-file.ts'
import { freeswitchFiles } from './others/freeswitch.ts'
import { hylafaxFiles } from './others/hylafax.ts'
import { STEPS_FILE, stepsText } from './steps.ts'

/** All files for the PBX of a site, by path. The same table gives the same bytes. */
export function filesOf(site: PbxSite, kind: PbxKind): GeneratedFile[] {
  const files = [...FILES_OF[kind](site), { path: STEPS_FILE, text: stepsText(site, kind) }]
  return files.toSorted((one, other) => (one.path < other.path ? -1 : 1))
}

const FILES_OF: Record<PbxKind, (site: PbxSite) => GeneratedFile[]> = {
  asterisk: (site) => [
    extensions(site, {
      contexts: dialplan(site, ARGUMENT),
      where: '/etc/asterisk/extensions_faxlane.conf',
      once: ['in /etc/asterisk/extensions.conf: #include extensions_faxlane.conf'],
    }),
    ...trunkFiles(site, (file) => `in /etc/asterisk/${file}.conf: #include ${file}_faxlane.conf`),
    manager(site, '/etc/asterisk/', 'in /etc/asterisk/manager.conf: #include manager_faxlane.conf'),
    ...gatewayFiles(site, { withProvd: false }),
  ],
  xivo: (site) => [
    config(
      'faxlane.conf',
      {
        site: site.name,
        where: '/etc/asterisk/extensions_extra.d/faxlane.conf',
        reload: DIALPLAN_RELOAD,
      },
      renderContexts([...dialplan(site, XIVO_DIALLED), ...xivoSubroutines(site)]),
    ),
    config(
      'faxlane-hooks.conf',
      {
        site: site.name,
        where: '/etc/asterisk/extensions_extra.d/faxlane-hooks.conf',
        once: ['only where there are no contexts of these names yet: see STEPS.txt'],
        reload: DIALPLAN_RELOAD,
      },
      renderContexts(xivoHooks(site)),
    ),
    manager(site, '/etc/asterisk/manager.d/', 'nothing: XiVO reads every file of this folder'),
    ...gatewayFiles(site, { withProvd: true }),
  ],
  freepbx: (site) => [
    extensions(site, {
      contexts: [...dialplan(site, ARGUMENT), ...freepbxHooks(site)],
      where: '/etc/asterisk/extensions_faxlane.conf',
      once: ['in /etc/asterisk/extensions_custom.conf: #include extensions_faxlane.conf'],
    }),
    ...trunkFiles(site, (file) => `in ${FREEPBX_INCLUDED_FROM[file]}: #include ${file}_faxlane.conf`),
    manager(site, '/etc/asterisk/', 'in /etc/asterisk/manager_custom.conf: #include manager_faxlane.conf'),
    ...gatewayFiles(site, { withProvd: false }),
  ],
  hylafax: hylafaxFiles,
  freeswitch: freeswitchFiles,
}

const DIALPLAN_RELOAD = "asterisk -rx 'dialplan reload'"

type ChannelFile = 'pjsip' | 'sip' | 'chan_dahdi'

const FREEPBX_INCLUDED_FROM: Record<ChannelFile, string> = {
  pjsip: '/etc/asterisk/pjsip.endpoint_custom_post.conf',
  sip: '/etc/asterisk/sip_custom_post.conf',
  chan_dahdi: '/etc/asterisk/chan_dahdi_custom.conf',
}

/** Where the dialplan is called with the number as argument. */
const ARGUMENT: DialledNumber = [`Set(FAXLANE_DID=${numberOnly('${ARG1}')})`]

function dialplan(site: PbxSite, dialled: DialledNumber): Context[] {
  return [
    ...receptionContexts(site),
    ...detectionContexts(site),
    ...trunkCodecContexts(site, dialled),
    ...transmissionContexts(site),
  ]
}

function config(path: string, placement: Placement, text: string): GeneratedFile {
  return { path, text: withHeader(';', placement, text) }
}

function extensions(
  { name: site }: PbxSite,
  { contexts, where, once }: { contexts: readonly Context[]; where: string; once: readonly string[] },
): GeneratedFile {
  const placement = { site, where, once, reload: DIALPLAN_RELOAD }
  return config('extensions_faxlane.conf', placement, renderContexts(contexts))
}

function manager({ name: site }: PbxSite, folder: string, once: string): GeneratedFile {
  const placement = {
    site,
    where: `${folder}manager_faxlane.conf`,
    once: [once],
    reload: "asterisk -rx 'manager reload'",
  }
  return config('manager_faxlane.conf', placement, managerUser())
}

/** A file for each kind of trunk that the site has. */
function trunkFiles({ name: site, trunks }: PbxSite, once: (file: ChannelFile) => string): GeneratedFile[] {
  const ofChannel = (channel: TrunkChannel) => trunks.filter((trunk) => trunk.channel === channel)
  const file = (name: ChannelFile, reload: string, text: string): GeneratedFile =>
    config(
      `${name}_faxlane.conf`,
      { site, where: `/etc/asterisk/${name}_faxlane.conf`, once: [once(name)], reload },
      text,
    )
  const [pjsip, sip, dahdi] = [ofChannel('pjsip'), ofChannel('sip'), ofChannel('dahdi')]
  return [
    ...(pjsip.length > 0
      ? [file('pjsip', "asterisk -rx 'module reload res_pjsip.so'", pjsipOptions(pjsip))]
      : []),
    ...(sip.length > 0 ? [file('sip', "asterisk -rx 'sip reload'", sipOptions(sip))] : []),
    ...(dahdi.length > 0
      ? [
          file(
            'chan_dahdi',
            "asterisk -rx 'module reload chan_dahdi.so', and a restart for new channels",
            dahdiOptions(),
          ),
        ]
      : []),
  ]
}
