import { isDeepStrictEqual } from 'node:util'
import type { Backend, DeployedTable } from '../../shared/routing-table/deployed-table.ts'
import { makeRouter } from '../../shared/routing-table/route.ts'
import { DEFAULT_NUMBER } from '../../shared/routing-table/sections/number.ts'
import { templateSchema, templateSource } from '../../shared/routing-table/template.ts'

/** What another table in its place would change. Its fields are the JSON that is printed, so they are part of the interface. */
export interface TableDiff {
  /** Those that have a section before or after; `default` stands for all others. */
  numbers: NumberChange[]
  backends: BackendChange[]
  /** Settings of the whole table. */
  general: SettingChange[]
}

export interface NumberChange {
  number: string
  before: Rule
  after: Rule
  lostBackends: string[]
  gainedBackends: string[]
  /** Backends that the number keeps and that are configured otherwise. */
  changedBackends: string[]
  lostRecipients: string[]
  gainedRecipients: string[]
}
/** By which section a number is served. */
export type Rule = 'own' | 'default' | 'unrouted'

export interface BackendChange {
  name: string
  change: 'added' | 'removed' | 'changed'
  /** Of one that is changed. */
  settings: SettingChange[]
}

/** Absent: not set. */
export interface SettingChange {
  setting: string
  before?: string
  after?: string
}

export function diffTables(before: DeployedTable, after: DeployedTable): TableDiff {
  const backends = diffBackends(before.backends, after.backends)
  const changed = new Set(backends.filter(({ change }) => change === 'changed').map(({ name }) => name))
  const numbers = new Set([...Object.keys(before.numbers), ...Object.keys(after.numbers)])
  const [routeBefore, routeAfter] = [effectiveRoutes(before), effectiveRoutes(after)]
  return {
    numbers: [DEFAULT_NUMBER, ...[...numbers].sort()]
      .map((number) => diffNumber(number, routeBefore(number), { after: routeAfter(number), changed }))
      .filter(changesAnything),
    backends,
    general: diffSettings(generalOf(before), generalOf(after)),
  }
}

export function isEmpty({ numbers, backends, general }: TableDiff): boolean {
  return numbers.length + backends.length + general.length === 0
}

interface EffectiveRoute {
  rule: Rule
  backends: readonly string[]
  recipients: readonly string[]
}

/** What each number gets in the end, by a section of its own or not. */
function effectiveRoutes(table: DeployedTable): (number: string) => EffectiveRoute {
  const { routeFor } = makeRouter(table)
  return (number) => {
    const routes = routeFor(number)
    if (routes === undefined) return { rule: 'unrouted', backends: [], recipients: [] }
    return {
      rule: Object.hasOwn(table.numbers, number) ? 'own' : 'default',
      backends: routes.map(({ backend }) => backend.name),
      recipients: [...new Set(routes.flatMap(({ recipients }) => recipients))],
    }
  }
}

function diffNumber(
  number: string,
  before: EffectiveRoute,
  { after, changed }: { after: EffectiveRoute; changed: ReadonlySet<string> },
): NumberChange {
  const kept = after.backends.filter((name) => before.backends.includes(name))
  return {
    number,
    before: before.rule,
    after: after.rule,
    lostBackends: missing(before.backends, after.backends),
    gainedBackends: missing(after.backends, before.backends),
    changedBackends: kept.filter((name) => changed.has(name)),
    lostRecipients: missing(before.recipients, after.recipients),
    gainedRecipients: missing(after.recipients, before.recipients),
  }
}

/** A number that gets the same by another section does not change. */
function changesAnything({ number: _, before, after, ...changes }: NumberChange): boolean {
  const becomesRouted = (before === 'unrouted') !== (after === 'unrouted')
  return becomesRouted || Object.values(changes).some((names) => names.length > 0)
}

function missing(from: readonly string[], elsewhere: readonly string[]): string[] {
  const there = new Set(elsewhere)
  return from.filter((name) => !there.has(name))
}

function diffBackends(before: readonly Backend[], after: readonly Backend[]): BackendChange[] {
  const earlier = new Map(before.map((backend) => [backend.name, backend]))
  const later = new Map(after.map((backend) => [backend.name, backend]))
  const changes = [...new Set([...earlier.keys(), ...later.keys()])].map((name): BackendChange => {
    const [one, other] = [earlier.get(name), later.get(name)]
    if (one === undefined) return { name, change: 'added', settings: [] }
    if (other === undefined) return { name, change: 'removed', settings: [] }
    return { name, change: 'changed', settings: diffSettings(one, other) }
  })
  return changes.filter(({ change, settings }) => change !== 'changed' || settings.length > 0)
}

/** All of a table that is no number and no backend, what later versions add included. */
function generalOf(table: DeployedTable): object {
  const { version: _, numbers: __, fallback: ___, backends: ____, siteDetails = {}, ...settings } = table
  const details = Object.entries(siteDetails).map(([site, one]) => [`site ${site}`, one])
  return { ...settings, ...Object.fromEntries(details) }
}

function diffSettings(before: object, after: object): SettingChange[] {
  const [one, other] = [new Map(Object.entries(before)), new Map(Object.entries(after))]
  return [...new Set([...one.keys(), ...other.keys()])]
    .filter((setting) => !isDeepStrictEqual(one.get(setting), other.get(setting)))
    .map((setting) => ({
      setting,
      ...(one.has(setting) ? { before: asText(one.get(setting)) } : {}),
      ...(other.has(setting) ? { after: asText(other.get(setting)) } : {}),
    }))
}

/** As an admin would write it. */
function asText(value: unknown): string {
  if (typeof value === 'string') return value
  const template = templateSchema.safeParse(value)
  if (template.success && template.data.some((part) => typeof part !== 'string')) {
    return templateSource(template.data)
  }
  return Array.isArray(value) && value.every((one) => typeof one === 'string')
    ? value.join(', ')
    : JSON.stringify(value)
}
