import { NO_SESSION } from '../txn.ts';
import type { Zxid } from '../zxid.ts';
import type { Acl } from './acl.ts';
import { contentCrc, digestOf, pathCrc } from './digest.ts';
import type { StatPersisted } from './stat.ts';

/** Stat of a node that was just created (DataTree.createStat). `time` in wall-clock milliseconds. */
export function createdStat(zxid: Zxid, time: number, ephemeralOwner: string): StatPersisted {
  return {
    czxid: zxid,
    mzxid: zxid,
    ctime: time,
    mtime: time,
    version: 0,
    cversion: 0,
    aversion: 0,
    ephemeralOwner,
    pzxid: zxid,
  };
}

/** A copy that does not change with the node. */
export function copyStat(stat: Readonly<StatPersisted>): StatPersisted {
  return {
    czxid: stat.czxid,
    mzxid: stat.mzxid,
    ctime: stat.ctime,
    mtime: stat.mtime,
    version: stat.version,
    cversion: stat.cversion,
    aversion: stat.aversion,
    ephemeralOwner: stat.ephemeralOwner,
    pzxid: stat.pzxid,
  };
}

/** Stat of the nodes that a new tree has: all zero. */
export function systemStat(): StatPersisted {
  return createdStat(0, 0, NO_SESSION);
}

/** A node of the tree (server.DataNode). Its data is shared and never changed in place. */
export class ZNode {
  data: Uint8Array | null;
  acl: readonly Acl[];
  readonly stat: StatPersisted;
  /** Names of the children. */
  readonly children: Set<string> = new Set();
  /** CRCs that {@link digest} starts from; see `digest.ts`. */
  readonly pathCrc: number;
  contentCrc: number;
  /** The node's part of the tree's digest, as of the last change. */
  digest: number;

  constructor(path: string, data: Uint8Array | null, acl: readonly Acl[], stat: StatPersisted) {
    this.data = data;
    this.acl = acl;
    this.stat = stat;
    this.pathCrc = pathCrc(path);
    this.contentCrc = contentCrc(this.pathCrc, data);
    this.digest = digestOf(this.contentCrc, stat);
  }

  setData(data: Uint8Array | null): void {
    this.data = data;
    this.contentCrc = contentCrc(this.pathCrc, data);
  }
}
