import { readFileSync, writeFileSync } from 'node:fs'
import { expect } from 'vitest'

const PAGE = new URL('../../docs/operations.md', import.meta.url)

/** `FAXLANE_UPDATE_DOCS=1 npx vitest run test/operator.test.ts` writes those of the page's outputs anew that are others now. */
const UPDATE = process.env.FAXLANE_UPDATE_DOCS === '1'

/**
 * That docs/operations.md shows this output below the comment of this name, line by line. Lines that were broken are one, since a figure may be wider
 * today, and the rows of a timeline are in any order, since deliveries are independent of each other.
 */
export function expectOnPage(name: string, command: string, output: string): void {
  const page = readFileSync(PAGE, 'utf8')
  const block = new RegExp(`(<!-- ${name} -->\n\`\`\`console\n)(.*?)(\n\`\`\`)`, 's')
  const shown = `$ ${command}\n${sample(output).trimEnd()}`
  expect(page, `docs/operations.md has no block ${name}`).toMatch(block)
  const [commandShown, ...lines] = (block.exec(page)?.[2] ?? '').split('\n')
  const onPage = [commandShown, ...timelinesSorted(unbroken(lines).map(withSampleFigures))]
  const expected = [
    `$ ${command}`,
    ...timelinesSorted(sample(unbroken(output.trimEnd().split('\n')).join('\n')).split('\n')),
  ]
  if (UPDATE && onPage.join('\n') !== expected.join('\n')) {
    writeFileSync(
      PAGE,
      page.replace(block, (_, before, __, after) => before + shown + after),
    )
  } else expect(onPage).toEqual(expected)
}

const COLUMNS = 80
/** By so much a figure on the page may be narrower than the one that its line was broken for. */
const TOLERANCE = 3

/** A row of a timeline. */
const STEP = /^ {2}\d\d:\d\d:\d\d {2}/

/** A line goes on in the next one where that one's first word had no room left in it. */
function unbroken(lines: readonly string[]): string[] {
  const whole: string[] = []
  let room = COLUMNS
  for (const line of lines) {
    const [word = ''] = line.trim().split(' ')
    if (word !== '' && !STEP.test(line) && word.length + 1 > room - TOLERANCE)
      whole.push(`${whole.pop()} ${line.trim()}`)
    else whole.push(line)
    room = COLUMNS - line.length
  }
  return whole
}

function timelinesSorted(lines: readonly string[]): string[] {
  const sorted: string[] = []
  let steps: string[] = []
  for (const line of [...lines, '']) {
    if (STEP.test(line)) {
      steps.push(line)
      continue
    }
    sorted.push(...steps.sort(), line)
    steps = []
  }
  return sorted
}

const DIGESTS = [
  '9pncjvmdn1vq',
  '3xk7w2hq8r5t',
  'c0yd4b6m1zsa',
  'k8f2nq9wj3ex',
  'v5rt7h1gp0dm',
  '2mze6x4bq8ny',
  'w1sj9c5kd7af',
  'h4qp0v8ty3gr',
  'n7bd2x6mf9ke',
  'y3ga5z1wc8jh',
  'q6tn4r9sb2vx',
  'd8ew1k7hz5pm',
]

/** The output with what differs from run to run replaced by samples of the same length. */
export function sample(output: string): string {
  const ids = [...new Set(output.match(/\d{8}T\d{6}Z-[0-9a-z]{12}/g) ?? [])]
  let text = output
  for (const [index, id] of ids.entries()) {
    const digest = DIGESTS[index] ?? 'zzzzzzzzzzzz'
    text = text
      .replaceAll(id, `20261125T093012Z-${digest}`)
      .replaceAll(`-${id.slice(-6)}`, `-${digest.slice(-6)}`)
  }
  return withSampleFigures(text)
}

/** Times, durations and ids of others. */
function withSampleFigures(text: string): string {
  return (
    text
      .replaceAll(/\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z/g, '2026-11-25T09:30:12.000Z')
      .replaceAll(/\b\d{4}-\d{2}-\d{2}\b/g, '2026-11-25')
      // Of another day, in a table.
      .replaceAll(/(?<![\d-])\d{2}-\d{2} \d{2}:\d{2}(?!:)/g, '09:30:12')
      .replaceAll(/\b\d{2}:\d{2}:\d{2}\b/g, '09:30:12')
      .replaceAll(/\bin [\d.]+ ms\b/g, 'in 1.9 ms')
      .replaceAll(
        /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g,
        '5f0c2a4e-9d1b-4c7e-8a36-2b1d0e9f7c58',
      )
      .replaceAll(/[0-9a-f]{16}-5f0c2a4e/g, '010201a207bc4385-5f0c2a4e')
      // The line above each page has the time in it, and some figures take more bytes than others.
      .replaceAll(/(?<=transmit\/\S+ \()[\d.]+ kB/g, '21.7 kB')
      .replaceAll(/-0478123456-\d{10}-/g, '-0478123456-1795599012-')
      .replaceAll(/\b\d+ (s|min) ago\b/g, '8 s ago')
      .replaceAll(/\b\d+ queues are empty/g, '11 queues are empty')
      .replaceAll(/\bsilent for \d+ min\b/g, 'silent for 42 min')
  )
}
