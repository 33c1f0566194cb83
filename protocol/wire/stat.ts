import type { Stat, StatPersisted } from '../tree/stat.ts';
import type { JuteReader, JuteWriter } from './jute.ts';

/** Bytes of {@link writeStatPersisted}. */
export const STAT_PERSISTED_SIZE = 60;

/** StatPersisted in jute's field order: `pzxid` is last. */
export function writeStatPersisted(writer: JuteWriter, stat: Readonly<StatPersisted>): void {
  writer.long(stat.czxid).long(stat.mzxid).long(stat.ctime).long(stat.mtime);
  writer.int(stat.version).int(stat.cversion).int(stat.aversion).hex16(stat.ephemeralOwner).long(stat.pzxid);
}

/** @throws JuteError */
export function readStatPersisted(reader: JuteReader): StatPersisted {
  return {
    czxid: reader.long(),
    mzxid: reader.long(),
    ctime: reader.long(),
    mtime: reader.long(),
    version: reader.int(),
    cversion: reader.int(),
    aversion: reader.int(),
    ephemeralOwner: reader.hex16(),
    pzxid: reader.long(),
  };
}

/** Bytes of {@link writeStat}. */
export const STAT_SIZE = 68;

/** Stat, as clients get it. */
export function writeStat(writer: JuteWriter, stat: Stat): void {
  writer.long(stat.czxid).long(stat.mzxid).long(stat.ctime).long(stat.mtime);
  writer.int(stat.version).int(stat.cversion).int(stat.aversion).hex16(stat.ephemeralOwner);
  writer.int(stat.dataLength).int(stat.numChildren).long(stat.pzxid);
}

/** @throws JuteError */
export function readStat(reader: JuteReader): Stat {
  return {
    czxid: reader.long(),
    mzxid: reader.long(),
    ctime: reader.long(),
    mtime: reader.long(),
    version: reader.int(),
    cversion: reader.int(),
    aversion: reader.int(),
    ephemeralOwner: reader.hex16(),
    dataLength: reader.int(),
    numChildren: reader.int(),
    pzxid: reader.long(),
  };
}
