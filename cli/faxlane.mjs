#!/usr/bin/env node
import { fileURLToPath } from 'node:url'
import { register } from 'tsx/esm/api'

// Without the path, tsx would read the tsconfig.json of whatever folder the command is run in.
register({ tsconfig: fileURLToPath(new URL('../tsconfig.json', import.meta.url)) })
const { main } = await import('./main.ts')
process.exitCode = await main(process.argv.slice(2))
