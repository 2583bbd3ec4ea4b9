import { attack } from './attack.ts'
import { SENDING, SENDING_RUNS } from './sending.ts'

attack(SENDING, SENDING_RUNS)
