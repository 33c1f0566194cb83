/** Node status: what is stored and what a client sees (org.apache.zookeeper.data.StatPersisted, Stat). */
import type { Zxid } from '../zxid.ts';

/** StatPersisted: what snapshots keep. `cversion` counts the children ever created. */
export interface StatPersisted {
  czxid: Zxid;
  mzxid: Zxid;
  ctime: number;
  mtime: number;
  version: number;
  cversion: number;
  aversion: number;
  /** 64 bits as 16 hex digits; all zero for a persistent node. */
  ephemeralOwner: string;
  pzxid: Zxid;
}

/** Stat as clients see it: `cversion` is 2 × stored − numChildren. */
export interface Stat extends Readonly<StatPersisted> {
  readonly dataLength: number;
  readonly numChildren: number;
}
