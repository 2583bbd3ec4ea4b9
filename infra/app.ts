import { makeBundles } from './bundles.ts'
import { ConfigurationError } from './configuration-error.ts'
import { addGateway, makeApp } from './gateway-app.ts'
import { loadTable } from './load-table.ts'
import { readSettings } from './settings.ts'

try {
  const app = makeApp()
  const { config, build, name, identities, key, accessLogs } = readSettings(app.node)
  const table = loadTable(config, console.error)
  const { folders } = makeBundles(build, table)
  addGateway(app, {
    name,
    table,
    identities,
    encryptionKey: key,
    accessLogBucket: accessLogs,
    assetFolders: folders,
  })
  app.synth()
} catch (error) {
  if (!(error instanceof ConfigurationError)) throw error
  console.error(error.message)
  process.exitCode = 1
}
