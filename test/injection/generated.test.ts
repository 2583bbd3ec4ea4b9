import { attack } from './attack.ts'
import { GENERATED, GENERATED_RUNS } from './generated.ts'

attack(GENERATED, GENERATED_RUNS)
