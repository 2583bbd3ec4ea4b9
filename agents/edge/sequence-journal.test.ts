import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { makeFaxId } from '../../shared/fax-id.ts'
import { openSequence } from './sequence-journal.ts'

const START = Date.parse('2026-11-23T08:00:00Z')
const id = (name: string | number) => makeFaxId(new Date(START), String(name))

let folder: string
let lines: string[]
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'faxlane-sequence-'))
  lines = []
})
afterEach(() => rm(folder, { recursive: true, force: true }))

const open = () =>
  openSequence({ log: (event) => void lines.push(event), now: () => new Date(START) }, folder)
const onDisk = async () => JSON.parse(await readFile(join(folder, 'sequence.json'), 'utf8'))

describe('the count of a site', () => {
  it('goes on by one, and is on disk before a number is used', async () => {
    const sequence = await open()
    const first = await sequence.of(id('a'))
    expect(first).toBe(START / 1000 + 1)
    expect(await onDisk()).toMatchObject({ version: 1, last: first, given: { [id('a')]: first } })
    expect(await sequence.of(id('b'))).toBe(START / 1000 + 2)
    expect(sequence.last()).toBe(START / 1000 + 2)
  })

  it('gives a fax its number again, also after a kill', async () => {
    const first = await (await open()).of(id('a'))
    const killed = await open()
    expect(await killed.of(id('a'))).toBe(first)
    expect(await killed.of(id('b'))).toBe((first ?? 0) + 1)
  })

  it('gives many at a time a number each, with few writes', async () => {
    const sequence = await open()
    const ids = Array.from({ length: 50 }, (_, index) => id(index))
    const numbers = await Promise.all(ids.map(sequence.of))
    expect(new Set(numbers).size).toBe(50)
    expect((await onDisk()).given).toEqual(
      Object.fromEntries(ids.map((faxId, index) => [faxId, numbers[index]])),
    )
  })

  it('remembers the last faxes that are up, which may be submitted again, and does not grow with them', async () => {
    const sequence = await open()
    const first = await sequence.of(id('waits'))
    for (let index = 0; index < 250; index += 1) {
      await sequence.of(id(index))
      sequence.settle(id(index))
    }
    expect(await sequence.of(id(249))).toBe((first ?? 0) + 250)
    expect(await sequence.of(id('waits'))).toBe(first)
    await sequence.of(id('last'))
    const { given } = await onDisk()
    expect(Object.keys(given)).toHaveLength(202)
    expect(given[id('waits')]).toBe(first)
  })

  it('takes whoever has a number for settled when nothing waits', async () => {
    const sequence = await open()
    for (let index = 0; index < 10; index += 1) await sequence.of(id(index))
    sequence.settleAll()
    for (let index = 10; index < 211; index += 1) {
      await sequence.of(id(index))
      sequence.settle(id(index))
    }
    await sequence.of(id('last'))
    expect(Object.keys((await onDisk()).given)).toHaveLength(201)
  })

  it('that was lost begins above every number it can have given', async () => {
    await writeFile(join(folder, 'sequence.json'), '{"version":1,"la')
    expect(await (await open()).of(id('a'))).toBe(START / 1000 + 1)
    expect(lines).toEqual(['sequence-lost'])
  })

  it('gives none that the disk did not take, and the same one once it does', async () => {
    const sequence = await open()
    await rm(folder, { recursive: true })
    expect(await sequence.of(id('a'))).toBeUndefined()
    expect(lines).toEqual(['sequence-not-kept'])
    folder = await mkdtemp(join(tmpdir(), 'faxlane-sequence-'))
    const other = await open()
    expect(await other.of(id('a'))).toBe(START / 1000 + 1)
  })

  it('gives the next fax the number that one went up without, since the disk was full', async () => {
    const sequence = await open()
    await rm(folder, { recursive: true })
    const during = [id('a'), id('b'), id('c')]
    expect(await Promise.all(during.map(sequence.of))).toEqual([undefined, undefined, undefined])
    expect(sequence.last()).toBe(START / 1000)
    await mkdir(folder)
    expect(await sequence.of(id('after'))).toBe(START / 1000 + 1)
  })

  it('gives a number that was given back to the next fax, also after a kill', async () => {
    const sequence = await open()
    const [, second = 0, third = 0] = await Promise.all(['a', 'b', 'c'].map((name) => sequence.of(id(name))))
    sequence.giveBack(id('b'))
    sequence.giveBack(id('nobody'))
    expect(sequence.last()).toBe(third)
    expect(await sequence.of(id('d'))).toBe(second)
    expect(await sequence.of(id('e'))).toBe(third + 1)
    sequence.giveBack(id('d'))
    expect(await sequence.of(id('b'))).toBe(second)
    sequence.giveBack(id('b'))
    sequence.giveBack(id('e'))
    expect(sequence.last()).toBe(third)
    expect(await sequence.of(id('f'))).toBe(second)
    expect(await (await open()).of(id('g'))).toBe(third + 1)
  })
})
