// The conditional writes of the ledger, for what is kept in memory. Items are copied in: nobody holds a part of the table.

/** False when there is one of this key. */
export function add<Item>(items: Map<string, Item>, key: string, item: Item): boolean {
  if (items.has(key)) return false
  items.set(key, structuredClone(item))
  return true
}

/** Over the revision before it; false when another one stands there. */
export function replace<Item extends { revision: number }>(
  items: Map<string, Item>,
  key: string,
  next: Item,
): boolean {
  if (items.get(key)?.revision !== next.revision - 1) return false
  items.set(key, structuredClone(next))
  return true
}
