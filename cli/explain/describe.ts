import { visible } from '../../shared/visible.ts'
import { factLines } from '../terminal/facts.ts'
import type { Screen } from '../terminal/screen.ts'
import { factsOfDelivery } from './backend-facts.ts'
import type { Explanation } from './explanation.ts'
import { factsOfPbxSide, type PbxSide } from './pbx-side.ts'

/** `source`: which table was asked, in words. */
export function describe(
  screen: Screen,
  explanation: Explanation,
  { source, pbxSides }: { source: string; pbxSides: readonly PbxSide[] },
): string {
  const { number, by, section, reason, alike, deliveries } = explanation
  const backends = deliveries.length === 1 ? 'one backend' : `${deliveries.length} backends`
  const headline =
    by === 'unrouted'
      ? `${screen.paint('bold', number)} is ${screen.paint('red', 'unrouted')}: its faxes are kept, and delivered to nobody.`
      : `${screen.paint('bold', number)} goes to ${backends}, by [${section}].`
  const remarks = [
    `Table: ${visible(source)}`,
    ...(reason === undefined ? [] : [reason]),
    ...(alike.length === 0 ? [] : [`Not the same number: ${alike.join(', ')}. Numbers match as exact text.`]),
  ]
  const blocks = deliveries.map(({ backend, recipients }) => [
    `${screen.paint('cyan', backend.name)}`,
    ...factLines(screen, factsOfDelivery({ backend, recipients })),
  ])
  const sides = pbxSides.map((side) => [
    `${screen.paint('cyan', `PBX at ${side.site}`)}${side.pbx === undefined ? '' : `, ${side.pbx}`}`,
    ...factLines(screen, factsOfPbxSide(side)),
  ])
  return [headline, ...remarks, ...[...blocks, ...sides].flatMap((lines) => ['', ...lines])]
    .map((line) => `${line}\n`)
    .join('')
}
