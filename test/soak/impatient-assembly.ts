import { cp, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

/** Instead of a minute and more: what a killed function left comes again after seconds. */
const TIME_LIMIT_SECONDS = 15
/** The least that a lease may not outlive. */
const VISIBILITY_SECONDS = 25

interface Resource {
  Type: string
  Properties: Record<string, unknown>
}

/** A copy of an assembly with short time limits and visibility timeouts, in the same proportion. */
export async function makeImpatient(assemblyFolder: string, copy: string): Promise<void> {
  await cp(assemblyFolder, copy, { recursive: true })
  const templates = (await readdir(copy)).filter((name) => name.endsWith('.template.json'))
  for (const name of templates) {
    const template: { Resources: Record<string, Resource> } = JSON.parse(
      await readFile(join(copy, name), 'utf8'),
    )
    for (const { Type, Properties } of Object.values(template.Resources)) {
      if (Type === 'AWS::Lambda::Function' && Properties.FunctionName !== 'faxlane-sweep')
        Properties.Timeout = TIME_LIMIT_SECONDS
      if (Type === 'AWS::SQS::Queue') {
        Properties.VisibilityTimeout = VISIBILITY_SECONDS
        raiseReceives(Properties)
      }
    }
    await writeFile(join(copy, name), JSON.stringify(template))
  }
}

/** A kill every other second hits a message more often than a year of operation does. */
function raiseReceives({ RedrivePolicy }: Record<string, unknown>): void {
  if (typeof RedrivePolicy === 'object' && RedrivePolicy !== null)
    Object.assign(RedrivePolicy, { maxReceiveCount: 50 })
}
