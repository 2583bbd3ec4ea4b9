import { visible } from '../../shared/visible.ts'
import type { Screen } from './screen.ts'
import { padToWidth, textWidth } from './text-width.ts'
import { wrap } from './wrap.ts'

/** What something is, and a text about it, which may come from anybody. */
export type Fact = readonly [label: string, text: string]

const GAP = '  '

/** Lines of a list of facts, its texts below each other, wrapped. */
export function factLines(
  { columns, paint }: Pick<Screen, 'columns' | 'paint'>,
  facts: readonly Fact[],
  indent = GAP,
): string[] {
  const width = Math.max(...facts.map(([label]) => textWidth(label)))
  const room = columns - indent.length - width - GAP.length
  return facts.flatMap(([label, text]) =>
    wrap(visible(text), Math.max(room, 20)).map(
      (line, index) => `${indent}${paint('dim', padToWidth(index === 0 ? label : '', width))}${GAP}${line}`,
    ),
  )
}
