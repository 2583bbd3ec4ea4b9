import type { Gateway, Line } from '../../../shared/routing-table/pbx-table.ts'
import { headerLines } from '../generated-file.ts'
import { ciscoParameters, type Family } from './cisco-profile.ts'
import { attribute, comment, element, XML_DECLARATION } from './xml.ts'

interface Device {
  site: string
  gateway: Gateway
  lines: readonly Line[]
  family: Family
}

/** A profile of its own: a device takes what it says and keeps all else. */
export function plainProfile({ site, gateway, lines, family }: Device): string {
  const about = headerLines({
    site,
    where: `where ${gateway.name} (${gateway.model}) gets its profiles, as one more Profile Rule (Profile Rule B), or uploaded to the device`,
    reload: `the device's web page http://DEVICE/resync?http://SERVER/${gateway.name}.xml, or a restart of the device`,
  })
  return [
    XML_DECLARATION,
    comment([...about, ...linesOf(lines)]),
    '<flat-profile>\n',
    parametersOf({ site, gateway, lines, family }),
    '</flat-profile>\n',
  ].join('')
}

/** XiVO's plugins: a template of the model, in their var/templates, which extends their own. */
export function provdTemplate(device: Device): string {
  const { site, gateway, lines } = device
  const model = gateway.model.toUpperCase()
  const about = headerLines({
    site,
    where: `/var/lib/xivo-provd/plugins/PLUGIN/var/templates/${model}.tpl (Wazo: /var/lib/wazo-provd/…), PLUGIN being the one of the device`,
    once: [
      `the plugin's own templates/${model}.tpl may hold a block upgrade_rule: copy it into this file, or the firmware is no longer updated`,
      'one template serves all devices of a model: the lines below are those of this one device',
    ],
    reload: `xivo-provd-cli -c 'devices.using_plugin("PLUGIN").reconfigure()', then .synchronize() (Wazo: wazo-provd-cli)`,
  })
  return [
    "{% extends 'base.tpl' %}\n",
    '{#\n',
    ...[...about, ...linesOf(lines)].map((line) => `  ${line.replaceAll('#}', '# }')}\n`),
    '#}\n',
    '{% block suffix %}\n',
    parametersOf(device),
    '{% endblock %}\n',
  ].join('')
}

function linesOf(lines: readonly Line[]): string[] {
  return lines.map(({ name, label, number, gateway }) => {
    const remark = label === undefined ? '' : `, ${label}`
    return `Port ${gateway?.port}: [line_${name}], ${number}${remark}`
  })
}

function parametersOf({ gateway, lines, family }: Device): string {
  return ciscoParameters(gateway, lines, family)
    .map(({ name, value, userAccess }) => element(name, value, attribute('ua', userAccess)))
    .join('')
}
