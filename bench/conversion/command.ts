import { main } from '../../cli/main.ts'

// The command without tsx, which reads TypeScript in a checkout and takes longer to start than a fax takes to convert.
process.exitCode = await main(process.argv.slice(2))
