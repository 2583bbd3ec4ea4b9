import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { isOneRunning, NotTheOnlyOneError, onlyOne } from './only-one.ts'

let count = 0
/** The lock does not care whether there is such a folder. */
const newFolder = () => `/nowhere/${process.pid}/${count++}`

describe('onlyOne', () => {
  it('lets one in, and the next one when that has gone', async () => {
    const folder = newFolder()
    expect(await isOneRunning(folder)).toBe(false)
    const release = await onlyOne(folder)
    expect(await isOneRunning(folder)).toBe(true)
    await expect(onlyOne(`${folder}/`)).rejects.toThrow(NotTheOnlyOneError)
    await expect(onlyOne(folder)).rejects.toThrow('Stop it first')
    await release()
    expect(await isOneRunning(folder)).toBe(false)
    await (await onlyOne(folder))()
  })

  it('keeps folders apart', async () => {
    const releases = [await onlyOne(newFolder()), await onlyOne(newFolder())]
    for (const release of releases) await release()
  })

  it('is let go by a kill', async () => {
    const folder = newFolder()
    const module = fileURLToPath(new URL('only-one.ts', import.meta.url))
    const script = `import { onlyOne } from ${JSON.stringify(module)}
      await onlyOne(${JSON.stringify(folder)})
      process.stdout.write('held')
      setInterval(() => {}, 1000)`
    const words = ['--import', 'tsx', '--input-type=module', '--eval', script]
    const child = spawn(process.execPath, words, { stdio: ['ignore', 'pipe', 'inherit'] })
    await once(child.stdout, 'data')
    expect(await isOneRunning(folder)).toBe(true)
    child.kill('SIGKILL')
    await once(child, 'exit')
    await (await onlyOne(folder))()
  })
})
