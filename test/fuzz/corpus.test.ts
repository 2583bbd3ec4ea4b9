import { describe, expect, it } from 'vitest'
import { readCorpus } from './corpus.ts'
import { makeRandom, mutate } from './mutate.ts'
import { TARGET_NAMES, TARGETS } from './targets.ts'

/** A few for each input: `npm run fuzz` is for the millions. PDFium takes as long for one as the others for hundreds. */
const MUTATIONS = { pdf: 0, tiff: 2, others: 20 }

describe.each(TARGET_NAMES)('the parser of %s', (name) => {
  const target = TARGETS[name]
  const corpus = readCorpus(name)

  it('has a corpus', () => {
    expect(corpus.length).toBeGreaterThan(3)
    expect(Math.max(...corpus.map(({ length }) => length))).toBeLessThanOrEqual(target.longestBytes)
  })

  it('keeps its promises for all of it', async () => {
    for (const input of corpus) await target.read(input)
  })

  it('keeps them for what is made of it', async () => {
    const random = makeRandom(corpus.length)
    const mutations = name === 'pdf' || name === 'tiff' ? MUTATIONS[name] : MUTATIONS.others
    for (const input of corpus) {
      for (let count = 0; count < mutations; count += 1) {
        const other = corpus[Math.floor(random() * corpus.length)] ?? input
        await target.read(mutate(input, other, random, target.longestBytes))
      }
    }
  })
})
