/**
 * Node digests, version 2 (server.DigestCalculator): CRC-32 over path, data and stat. The CRC of path and data is kept
 * with the node, so that a change of its stat costs sixty bytes and a change of its data does not cost the path.
 */
import { NO_SESSION } from '../txn.ts';
import { crc32, crc32Int, crc32Long, crc32Text } from '../wire/crc32.ts';
import { ROOT, SYSTEM_SUBTREE } from './path.ts';
import type { StatPersisted } from './stat.ts';

/** In place of a CRC: the node is in no digest. */
export const UNDIGESTED = -1;

/** CRC of the path, {@link UNDIGESTED} below "/zookeeper/". The root counts as the empty path. */
export function pathCrc(path: string): number {
  if (path.startsWith(SYSTEM_SUBTREE)) return UNDIGESTED;
  return path === ROOT ? 0 : crc32Text(path);
}

/** CRC of path and data, from {@link pathCrc}. */
export function contentCrc(ofPath: number, data: Uint8Array | null): number {
  return ofPath === UNDIGESTED || data === null ? ofPath : crc32(data, ofPath);
}

/** A node's digest from its {@link contentCrc} and stat: 32 bits unsigned, 0 where it is not digested. */
export function digestOf(ofContent: number, stat: Readonly<StatPersisted>): number {
  if (ofContent === UNDIGESTED) return 0;
  let crc = crc32Long(stat.czxid, ofContent);
  crc = crc32Long(stat.mzxid, crc);
  crc = crc32Long(stat.pzxid, crc);
  crc = crc32Long(stat.ctime, crc);
  crc = crc32Long(stat.mtime, crc);
  crc = crc32Int(stat.version, crc);
  crc = crc32Int(stat.cversion, crc);
  crc = crc32Int(stat.aversion, crc);
  const owner = stat.ephemeralOwner;
  if (owner === NO_SESSION) return crc32Long(0, crc);
  crc = crc32Int(Number.parseInt(owner.slice(0, 8), 16), crc);
  return crc32Int(Number.parseInt(owner.slice(8), 16), crc);
}

/** A node's digest from scratch. */
export function nodeDigest(path: string, data: Uint8Array | null, stat: Readonly<StatPersisted>): number {
  return digestOf(contentCrc(pathCrc(path), data), stat);
}
