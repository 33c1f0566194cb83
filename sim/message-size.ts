/** Approximate sizes of messages, for links of limited bandwidth. */

/**
 * Bytes a value would take on the wire, about: 8 per number, 4 and the length per string, array and byte
 * array, 1 per
 * boolean. Only the cost model uses it.
 */
export function messageSize(value: unknown): number {
  if (typeof value === 'number') return 8;
  if (typeof value === 'string') return 4 + value.length;
  if (typeof value !== 'object' || value === null) return 1;
  if (value instanceof Uint8Array) return 4 + value.length;
  let size = Array.isArray(value) ? 4 : 0;
  for (const member of Object.values(value)) size += messageSize(member);
  return size;
}
