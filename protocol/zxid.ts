/**
 * Transaction ids: a 64-bit zxid is `epoch · 2³² + counter` (org.apache.zookeeper.server.util.ZxidUtils).
 *
 * Held as a JavaScript number, which is exact while epoch < 2²¹; {@link makeZxid} checks that bound.
 * `epoch·2³²` (counter 0) opens an epoch and names no transaction.
 */
export type Zxid = number;

const COUNTER_SPAN = 0x1_0000_0000;

/** Largest epoch whose zxids are exact doubles. */
export const MAX_EPOCH = 0x1f_ffff;

/** Counter value at which a leader must give up its epoch (Leader.propose, ZOOKEEPER-1277). */
const COUNTER_LIMIT = 0xffff_ffff;

/** Java's Long.MIN_VALUE: the id, zxid and epoch in the vote of a server that cannot be elected. */
export const LONG_MIN = -0x8000_0000_0000_0000;

/** @throws RangeError when the epoch is outside 0..2²¹−1 or the counter outside 0..2³²−1. */
export function makeZxid(epoch: number, counter: number): Zxid {
  if (!(epoch >= 0 && epoch <= MAX_EPOCH)) throw new RangeError(`epoch ${epoch} is outside 0..${MAX_EPOCH}`);
  if (!(counter >= 0 && counter <= COUNTER_LIMIT))
    throw new RangeError(`zxid counter ${counter} is outside 0..2^32-1`);
  return epoch * COUNTER_SPAN + counter;
}

/** High 32 bits. */
export function epochOf(zxid: Zxid): number {
  return Math.floor(zxid / COUNTER_SPAN);
}

/** Low 32 bits, unsigned. */
export function counterOf(zxid: Zxid): number {
  return zxid - Math.floor(zxid / COUNTER_SPAN) * COUNTER_SPAN;
}

/** `0x500000003`, as ZooKeeper prints it; negative values (−1: none) stay decimal. */
export function formatZxid(zxid: Zxid): string {
  return zxid < 0 ? String(zxid) : `0x${zxid.toString(16)}`;
}

/** `[5,3]`: epoch and counter, as the papers write it. */
export function formatEpochCounter(zxid: Zxid): string {
  return `[${epochOf(zxid)},${counterOf(zxid)}]`;
}
