/**
 * Fuzzes the parsers of what comes from outside, guided by coverage: an input that reaches a new block of code joins the corpus in
 * test/fuzz/corpus, and is changed further.
 *
 *     npm run fuzz -- [TARGET …] [--seconds 60] [--seed 1]
 *
 * Stops with exit code 1 at an input that makes a parser break its promise, which is then in the corpus too: the tests fail until the
 * parser is mended. The time is each target's.
 */
import { parseArgs } from 'node:util'
import { addToCorpus, readCorpus } from './corpus.ts'
import { Coverage } from './coverage.ts'
import { makeRandom, mutate } from './mutate.ts'
import { SEEDS } from './seeds.ts'
import { TARGET_NAMES, TARGETS, type TargetName } from './targets.ts'

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { seconds: { type: 'string', default: '60' }, seed: { type: 'string', default: '1' } },
})
const unknown = positionals.find((name) => !TARGET_NAMES.some((target) => target === name))
if (unknown !== undefined) {
  console.error(`There is no target ${JSON.stringify(unknown)}; there is ${TARGET_NAMES.join(', ')}.`)
  process.exit(2)
}
const random = makeRandom(Number(values.seed))
const chosen = positionals.length > 0 ? (positionals as TargetName[]) : TARGET_NAMES
for (const target of chosen) await fuzz(target, Number(values.seconds))

async function fuzz(target: TargetName, seconds: number): Promise<void> {
  const { longestBytes } = TARGETS[target]
  const coverage = new Coverage()
  const corpus: Uint8Array[] = []
  const learn = async (input: Uint8Array): Promise<void> => {
    await attempt(target, input)
    if (!coverage.hasGrown()) return
    corpus.push(input)
    addToCorpus(target, input)
  }
  for (const input of readCorpus(target)) {
    await attempt(target, input)
    coverage.hasGrown()
    corpus.push(input)
  }
  for (const seed of await SEEDS[target]()) await learn(seed)
  const known = corpus.length
  const pick = (): Uint8Array => corpus[Math.floor(random() * corpus.length)] ?? new Uint8Array()
  let inputs = 0
  for (const end = performance.now() + seconds * 1000; performance.now() < end; inputs += 1) {
    await learn(mutate(pick(), pick(), random, longestBytes))
  }
  const grown = `${corpus.length} inputs in the corpus (${corpus.length - known} new), ${coverage.size} blocks`
  console.log(`${target.padEnd(16)} ${String(inputs).padStart(8)} inputs tried, ${grown}`)
}

async function attempt(target: TargetName, input: Uint8Array): Promise<void> {
  try {
    await TARGETS[target].read(input)
  } catch (error) {
    addToCorpus(target, input)
    console.error(`${target}: ${Buffer.from(input).toString('base64')}`)
    throw error
  }
}
