/** One job at a time for each printer, in the order in which they came; no printer waits for another. */
export interface PrinterLanes {
  /** How many jobs are at a printer or wait for it. */
  length: (printer: string) => number
  /** All printers'. */
  total: () => number
  /** Runs the action when those before it have ended, however they did. */
  run: <T>(printer: string, action: () => Promise<T>) => Promise<T>
}

export function printerLanes(): PrinterLanes {
  const lanes = new Map<string, { length: number; last: Promise<unknown> }>()
  return {
    length: (printer) => lanes.get(printer)?.length ?? 0,
    total: () => [...lanes.values()].reduce((sum, { length }) => sum + length, 0),
    run: async (printer, action) => {
      const lane = lanes.get(printer) ?? { length: 0, last: Promise.resolve() }
      lanes.set(printer, lane)
      lane.length += 1
      const turn = lane.last.then(action)
      lane.last = turn.catch(() => {})
      try {
        return await turn
      } finally {
        lane.length -= 1
        if (lane.length === 0) lanes.delete(printer)
      }
    },
  }
}
