import { attack } from './attack.ts'
import { WAYS_IN, WAYS_IN_RUNS } from './ways-in.ts'

attack(WAYS_IN, WAYS_IN_RUNS)
