/**
 * Table 1 of Hunt, Konar, Junqueira, Reed: ZooKeeper: Wait-free coordination for Internet-scale systems (USENIX ATC 2010),
 * section 5.1: operations per second of a saturated ensemble, all reads and all writes.
 */
export interface PaperRow {
  readonly servers: number;
  readonly reads: number;
  readonly writes: number;
}

export const PAPER: readonly PaperRow[] = [
  { servers: 3, reads: 87_000, writes: 21_000 },
  { servers: 5, reads: 165_000, writes: 18_000 },
  { servers: 7, reads: 257_000, writes: 14_000 },
  { servers: 9, reads: 296_000, writes: 12_000 },
  { servers: 13, reads: 460_000, writes: 8_000 },
];

/** @throws Error for a size that the paper did not measure */
export function paperRow(servers: number): PaperRow {
  const row = PAPER.find((one) => one.servers === servers);
  if (row === undefined) throw new Error(`the paper has no ensemble of ${servers} servers`);
  return row;
}
