/** Blocks in rows, from the top left. */
export interface BlockGrid {
  columns: number
  rows: number
}

/** Blocks that touch each other, by a corner at least. */
export interface Patch {
  blocks: number[]
  /** Of the page. */
  touchesEdge: boolean
}

/** Marks what can be reached from the marked blocks by blocks that are open. */
export function growAlong(grid: BlockGrid, marked: Uint8Array, isOpen: Uint8Array): void {
  const reached = [...marked.keys()].filter((block) => marked[block] === 1)
  for (let block = reached.pop(); block !== undefined; block = reached.pop()) {
    for (const next of neighboursOf(grid, block)) {
      if (marked[next] === 1 || isOpen[next] === 0) continue
      marked[next] = 1
      reached.push(next)
    }
  }
}

/** A copy, with the neighbours of the marked blocks marked as well. */
export function widen(grid: BlockGrid, marked: Uint8Array): Uint8Array {
  const wider = Uint8Array.from(marked)
  for (const [block, is] of marked.entries())
    if (is === 1) for (const next of neighboursOf(grid, block)) wider[next] = 1
  return wider
}

/** Whether a block and all of its neighbours are marked. */
export function isMarkedAround(grid: BlockGrid, marked: Uint8Array, block: number): boolean {
  return marked[block] === 1 && neighboursOf(grid, block).every((next) => marked[next] === 1)
}

/** Whether a block or a neighbour of it is marked. */
export function isMarkedNear({ columns, rows }: BlockGrid, marked: Uint8Array, block: number): boolean {
  const x = block % columns
  const y = (block - x) / columns
  for (let row = Math.max(0, y - 1); row <= Math.min(rows - 1, y + 1); row++)
    for (let column = Math.max(0, x - 1); column <= Math.min(columns - 1, x + 1); column++)
      if (marked[row * columns + column] === 1) return true
  return false
}

export function patchesOf(grid: BlockGrid, marked: Uint8Array): Patch[] {
  const patches: Patch[] = []
  const seen = marked.map((is) => 1 - is)
  for (let first = 0; first < seen.length; first++) {
    if (seen[first] === 1) continue
    const blocks = [first]
    let touchesEdge = false
    seen[first] = 1
    for (const block of blocks) {
      touchesEdge ||= isAtEdge(grid, block)
      for (const next of neighboursOf(grid, block)) {
        if (seen[next] === 1) continue
        seen[next] = 1
        blocks.push(next)
      }
    }
    patches.push({ blocks, touchesEdge })
  }
  return patches
}

function isAtEdge({ columns, rows }: BlockGrid, block: number): boolean {
  const [x, y] = [block % columns, Math.floor(block / columns)]
  return x === 0 || y === 0 || x === columns - 1 || y === rows - 1
}

function neighboursOf({ columns, rows }: BlockGrid, block: number): number[] {
  const [x, y] = [block % columns, Math.floor(block / columns)]
  const blocks: number[] = []
  for (let row = Math.max(0, y - 1); row <= Math.min(rows - 1, y + 1); row++)
    for (let column = Math.max(0, x - 1); column <= Math.min(columns - 1, x + 1); column++)
      if (row !== y || column !== x) blocks.push(row * columns + column)
  return blocks
}
