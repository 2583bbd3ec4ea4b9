import { attack } from './attack.ts'
import { RECEPTION, RECEPTION_RUNS } from './reception.ts'

attack(RECEPTION, RECEPTION_RUNS)
