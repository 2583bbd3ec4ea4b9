const BENCHES: Readonly<Record<string, (full: boolean) => Promise<void>>> = {
  async bundles() {
    const { benchBundles } = await import('./bundles.ts')
    benchBundles()
  },
  async conversion(full) {
    const { benchConversion } = await import('./conversion.ts')
    await benchConversion(full)
  },
  async gateway() {
    const { benchGateway } = await import('./gateway.ts')
    await benchGateway()
  },
  async ledger() {
    const { benchLedger } = await import('./ledger.ts')
    await benchLedger()
  },
  async 'edge-agent'() {
    const { benchEdgeAgent } = await import('./edge-agent.ts')
    await benchEdgeAgent()
  },
  async 'print-agent'() {
    const { benchPrintAgent } = await import('./print-agent.ts')
    await benchPrintAgent()
  },
  async rasterise() {
    const { benchRasterise } = await import('./rasterise.ts')
    await benchRasterise()
  },
}

const USAGE = `npm run bench [-- NAME ...] [--full]; there is: ${Object.keys(BENCHES).join(', ')}`

const words = process.argv.slice(2)
const names = words.filter((word) => word !== '--full')
const unknown = names.find((name) => !Object.hasOwn(BENCHES, name))
if (unknown !== undefined) {
  console.error(`There is no bench ${JSON.stringify(unknown)}. ${USAGE}`)
  process.exitCode = 2
} else {
  for (const name of names.length > 0 ? names : Object.keys(BENCHES)) {
    console.log(`== ${name}\n`)
    await BENCHES[name]?.(words.includes('--full'))
    console.log()
  }
}
