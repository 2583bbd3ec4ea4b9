import { fileURLToPath } from 'node:url'

export interface Submission {
  file: string
  from: string
  to: string
  /** The remote station ID (TSI). */
  stationId?: string
  /** The call broke off, and what the PBX says of it. */
  error?: string | undefined
}

const sample = (name: string) => fileURLToPath(new URL(`../test/samples/${name}.tif`, import.meta.url))
const from = '0478123456'

/** The faxes that ship with the project: numbers with sections of their own in config/fax.conf, and one that falls to the default. */
export const SAMPLES: readonly Submission[] = [
  { file: sample('text-std-ecm'), from, to: '100', stationId: '0478123456' },
  { file: sample('text-fine-noecm'), from, to: '0112697845', stationId: '0478123456' },
  { file: sample('text-superfine-ecm'), from, to: '0112697899', stationId: '0478123456' },
  { file: sample('long-fine-ecm'), from, to: '100', stationId: '0478123456' },
  { file: sample('noise-p0.008-c16-ecmno-text-fine'), from, to: '0112697845', stationId: '0478123456' },
  // What a caller really called itself. It has to stay text all the way.
  { file: sample('tsi-inject'), from, to: '0112697899', stationId: '$(id)`id`|x' },
]
