import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FileStore } from '../../../live/files/file-store.ts';
import type { StoreRecord } from '../../../protocol/host.ts';
import { OpCode } from '../../../protocol/txn.ts';
import { encodeSnapshot } from '../../../protocol/wire/index.ts';

const ZERO = { czxid: 0, mzxid: 0, ctime: 0, mtime: 0, version: 0, cversion: 0, aversion: 0 };
const STAT = { ...ZERO, ephemeralOwner: '0000000000000000', pzxid: 0 };
const CHUNKS = [
  { kind: 'snapHeader', zxid: 5, sessions: [] },
  { kind: 'snapNode', path: '', data: null, acl: [], stat: STAT },
  { kind: 'snapEnd', zxid: 6, digest: 9 },
] as const;

function txn(counter: number): StoreRecord {
  const header = { session: '0100000000000001', cxid: 1, zxid: counter, time: 1, digest: -1 };
  return { kind: 'txn', ...header, txn: { type: OpCode.delete, path: `/${counter}` } } as StoreRecord;
}

describe('Files', () => {
  let folder: string;
  let data: string;
  let waiting: Map<number, (reason: string | null) => void>;
  let token: number;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'zab-lab-store-'));
    data = join(folder, 'version-2');
    waiting = new Map();
    token = 0;
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  function open(settings: { dataLogDir?: string; preAllocSize?: number } = {}): FileStore {
    return new FileStore(
      { dataDir: folder, dataLogDir: folder, ...settings },
      {
        onDurable: (done) => waiting.get(done)?.(null),
        onStoreFailed: (done, reason) => waiting.get(done)?.(reason),
      },
    );
  }

  /** Null, or why it failed. */
  function durable(ask: (token: number) => void): Promise<string | null> {
    const mine = ++token;
    const done = new Promise<string | null>((resolve) => waiting.set(mine, resolve));
    ask(mine);
    return done;
  }

  it('HOST-7 have the names and texts of Apache’s', async () => {
    const store = open();
    store.append('log.1', { kind: 'logHeader' });
    store.append('log.1', txn(1));
    for (const chunk of CHUNKS) store.append('snapshot.5', chunk);
    expect(await durable((t) => store.flush('log.1', t))).toBeNull();
    expect(await durable((t) => store.flush('snapshot.5', t))).toBeNull();
    expect(await durable((t) => store.writeValue('acceptedEpoch', 12, t))).toBeNull();
    expect(readdirSync(data).sort()).toEqual(['acceptedEpoch', 'log.1', 'snapshot.5']);
    expect(readFileSync(join(data, 'acceptedEpoch'), 'utf8')).toBe('12');
    expect(readFileSync(join(data, 'snapshot.5'))).toEqual(Buffer.from(encodeSnapshot(CHUNKS)));
    expect(statSync(join(data, 'log.1')).size).toBe(64 << 20);
    await store.close();
    // Room that is not needed any more is given back.
    expect(statSync(join(data, 'log.1')).size).toBe(open().size('log.1'));
  });

  it('HOST-7 keep log files apart where dataLogDir says so, and refuse what is in the wrong place', async () => {
    const logs = join(folder, 'logs');
    const store = open({ dataLogDir: logs });
    store.append('log.1', { kind: 'logHeader' });
    await durable((t) => store.flush('log.1', t));
    await store.close();
    expect(readdirSync(join(logs, 'version-2'))).toEqual(['log.1']);
    expect(readdirSync(data)).toEqual([]);
    writeFileSync(join(data, 'log.2'), '');
    expect(() => open({ dataLogDir: logs })).toThrow(/log\.2 is a log file in dataDir, but dataLogDir is/);
    rmSync(join(data, 'log.2'));
    writeFileSync(join(logs, 'version-2', 'snapshot.2'), '');
    expect(() => open({ dataLogDir: logs })).toThrow(
      /snapshot\.2 is a snapshot in dataLogDir, but dataDir is/,
    );
  });

  it('HOST-8 grow in steps, and hold what was written across steps', async () => {
    const store = open({ preAllocSize: 8192 });
    store.append('log.1', { kind: 'logHeader' });
    const sizes = new Set<number>();
    for (let n = 1; n <= 300; n++) {
      store.append('log.1', txn(n));
      expect(await durable((t) => store.flush('log.1', t))).toBeNull();
      sizes.add(statSync(join(data, 'log.1')).size);
    }
    expect([...sizes]).toEqual([8192, 16_384, 24_576]);
    expect(open().read('log.1').records).toHaveLength(301);
    expect(store.size('log.1')).toBe(open().size('log.1'));
    await store.close();
  });

  it('HOST-7 may be compressed snapshots; those that snappy made, and broken epochs, are named', () => {
    mkdirSync(data, { recursive: true });
    writeFileSync(join(data, 'snapshot.5.gz'), gzipSync(encodeSnapshot(CHUNKS)));
    expect(open().list()).toEqual(['snapshot.5']);
    expect(open().read('snapshot.5')).toEqual({ records: CHUNKS, tail: 'clean' });
    writeFileSync(join(data, 'currentEpoch'), 'x');
    expect(() => open()).toThrow(/currentEpoch: 'x' is not a number from 0 on$/);
    rmSync(join(data, 'currentEpoch'));
    writeFileSync(join(data, 'snapshot.6.snappy'), '');
    expect(() => open()).toThrow(/snapshot\.6\.snappy: snapshots compressed with snappy cannot be read here/);
  });

  it('HOST-8 tell a snapshot without a seal from one that is damaged', () => {
    mkdirSync(data, { recursive: true });
    const bytes = encodeSnapshot(CHUNKS);
    writeFileSync(join(data, 'snapshot.5'), bytes.subarray(0, 40));
    bytes[40] = (bytes[40] as number) ^ 1;
    writeFileSync(join(data, 'snapshot.6'), bytes);
    expect(open().read('snapshot.5')).toEqual({ records: [], tail: 'torn' });
    expect(open().read('snapshot.6')).toEqual({ records: [], tail: 'corrupt' });
  });

  it('HOST-7 forget a replacement of history that was broken off, where another program has written since', async () => {
    const store = open();
    store.append('log.1', { kind: 'logHeader' });
    await durable((t) => store.flush('log.1', t));
    await durable((t) => store.writeValue('replacement', 3, t));
    for (const chunk of CHUNKS) store.append('snapshot.5.3', chunk);
    await durable((t) => store.flush('snapshot.5.3', t));
    await store.close();
    const at = (file: string, seconds: number): void => utimesSync(join(data, file), seconds, seconds);
    at('log.1', 1000);
    at('snapshot.5.3', 2000);
    expect(open().readValue('replacement')).toBe(3);
    at('log.1', 3000);
    expect(open().readValue('replacement')).toBeNull();
    expect(existsSync(join(data, 'replacement'))).toBe(false);
  });

  it('HOST-6 that cannot be written say so, and nothing behind a hole is said to be durable', async () => {
    const store = open({ preAllocSize: 0 });
    store.append('log.1', { kind: 'logHeader' });
    rmSync(data, { recursive: true });
    expect(await durable((t) => store.flush('log.1', t))).toMatch(/^log\.1: no such file or directory$/);
    mkdirSync(data);
    store.append('log.1', txn(1));
    expect(await durable((t) => store.flush('log.1', t))).toMatch(/^log\.1: /);
    expect(await durable((t) => store.writeValue('currentEpoch', 1, t))).toBeNull();
  });
});
