/** One priority of an extension: `Application(arguments)`, with a label where something jumps to it. */
export type Step = string | { label: string; run: string }

export interface Extension {
  /** As it stands behind `exten =`: a number, a pattern with its underscore, or a name such as s. */
  exten: string
  steps: readonly Step[]
}

export interface Context {
  name: string
  /** What it is for, a line each. */
  about: readonly string[]
  /** Contexts that are searched after its own extensions. */
  includes?: readonly string[]
  extensions: readonly Extension[]
}

/** As extensions.conf has it. */
export function renderContexts(contexts: readonly Context[]): string {
  return contexts.map(renderContext).join('\n')
}

function renderContext({ name, about, includes = [], extensions }: Context): string {
  const lines = [
    ...about.map((line) => `; ${line}`),
    `[${name}]`,
    ...includes.map((include) => `include = ${include}`),
    ...extensions.flatMap(renderExtension),
  ]
  return lines.map((line) => `${line}\n`).join('')
}

function renderExtension({ exten, steps }: Extension): string[] {
  return steps.map((step, index) => {
    const { label, run } = typeof step === 'string' ? { label: undefined, run: step } : step
    const mark = label === undefined ? '' : `(${label})`
    return index === 0 ? `exten = ${exten},1${mark},${run}` : ` same = n${mark},${run}`
  })
}
