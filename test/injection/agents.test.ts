import { AGENTS, AGENTS_RUNS } from './agents.ts'
import { attack } from './attack.ts'

attack(AGENTS, AGENTS_RUNS)
