import { afterAll, beforeAll, it } from 'vitest'
import { attack } from './attack.ts'
import { showAll, startTerminal, stopTerminal, TERMINAL, TERMINAL_RUNS } from './terminal.ts'

beforeAll(startTerminal)
afterAll(stopTerminal)

attack(TERMINAL, TERMINAL_RUNS)

it('all of them at once, in lists, reports and the state of the gateway', showAll, 60_000)
