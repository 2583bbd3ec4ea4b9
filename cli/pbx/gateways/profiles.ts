import type { Gateway, PbxSite } from '../../../shared/routing-table/pbx-table.ts'
import type { GeneratedFile } from '../generated-file.ts'
import { familyOf } from './cisco-profile.ts'
import { plainProfile, provdTemplate } from './cisco-xml.ts'
import { grandstreamProfile } from './grandstream.ts'

/** A profile for each gateway of a site, and for a XiVO a template of its provisioning beside it. */
export function gatewayFiles(
  { name: site, gateways, lines }: Pick<PbxSite, 'name' | 'gateways' | 'lines'>,
  { withProvd }: { withProvd: boolean },
): GeneratedFile[] {
  return gateways.flatMap((gateway) => {
    const own = lines
      .filter((line) => line.gateway?.name === gateway.name)
      .toSorted((one, other) => (one.gateway?.port ?? 0) - (other.gateway?.port ?? 0))
    const family = familyOf(gateway.model)
    const path = (ending: string) => `gateways/${gateway.name}.${ending}`
    if (family === undefined) return [{ path: path('xml'), text: grandstreamProfile(site, gateway, own) }]
    const device = { site, gateway, lines: own, family }
    return [
      { path: path('xml'), text: plainProfile(device) },
      ...(withProvd ? [{ path: path(templateEnding(gateway)), text: provdTemplate(device) }] : []),
    ]
  })
}

function templateEnding({ model }: Gateway): string {
  return `${model.toUpperCase()}.tpl`
}
