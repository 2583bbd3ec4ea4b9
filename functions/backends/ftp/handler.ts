import { makeDeliveryHandler } from '../../deliver/handler.ts'
import { readEnvironment } from '../../environment.ts'
import { deliverByFtp } from './deliver-ftp.ts'
import { makeFtpDependencies } from './dependencies.ts'
import { ftpEnvironmentSchema } from './environment.ts'

const dependencies = makeFtpDependencies(readEnvironment(ftpEnvironmentSchema))

export const handler = makeDeliveryHandler('ftp', (attempt) => deliverByFtp(dependencies, attempt))
