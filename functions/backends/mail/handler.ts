import { makeDeliveryHandler } from '../../deliver/handler.ts'
import { readEnvironment } from '../../environment.ts'
import { deliverByMail } from './deliver-mail.ts'
import { makeMailDependencies } from './dependencies.ts'
import { mailEnvironmentSchema } from './environment.ts'

const dependencies = makeMailDependencies(readEnvironment(mailEnvironmentSchema))

export const handler = makeDeliveryHandler('mail', (attempt) => deliverByMail(dependencies, attempt))
