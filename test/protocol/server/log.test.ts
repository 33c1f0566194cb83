import { describe, expect, it } from 'vitest';
import type { EnsembleConfig } from '../../../protocol/config.ts';
import { Peer } from '../../../protocol/server/peer.ts';
import { serverRules } from '../../../protocol/server/rules.ts';
import { makeZxid as z } from '../../../protocol/zxid.ts';
import { CONNECT, configured, history, ScriptedHost, ScriptedStore, started, txn } from '../scripted-host.ts';

const HEADER = { kind: 'logHeader' };
const logName = (zxid: number) => `log.${zxid.toString(16)}`;
const snapshots = (store: ScriptedStore) => store.list().filter((name) => name.startsWith('snapshot.'));

/** A sealed snapshot at a zxid. */
function withSnapshot(store: ScriptedStore, zxid: number): ScriptedStore {
  const { host, peer } = started(1);
  peer.database.tree.lastProcessedZxid = zxid;
  const { file } = peer.database.writeSnapshot();
  store.files.set(file, host.store.files.get(file) ?? []);
  return store;
}

/** A server that starts on a store, as far as it gets without the disk. */
function starting(store: ScriptedStore, changes: Partial<EnsembleConfig> = {}) {
  const host = new ScriptedHost(store);
  const peer = new Peer(host, 1, configured(changes));
  host.actor = peer;
  peer.start();
  return { host, peer };
}

/** A standalone server and a way to write. */
function alone(changes: Partial<EnsembleConfig> = {}, store?: ScriptedStore) {
  const { host, peer } = started(1, { participants: [1], ...changes }, store);
  const channel = host.accept('client');
  host.receive(channel, CONNECT);
  let cxid = 0;
  const write = () => {
    const op = { type: 2, path: '/none', version: -1 };
    host.receive(channel, { kind: 'request', cxid: ++cxid, op } as never);
  };
  const replies = () => host.kinds(channel).filter((kind) => kind === 'reply').length;
  return { host, peer, write, replies };
}

describe('LOG-1 a start', () => {
  it('loads the newest sealed snapshot and the log behind it', () => {
    const store = withSnapshot(history([z(1, 1), z(1, 2), z(1, 3)], 1), z(1, 2));
    store.append(`snapshot.${z(1, 3).toString(16)}`, { kind: 'snapHeader' });
    const { host } = starting(store);
    host.settle();
    expect(host.reported('loaded')).toMatchObject([{ zxid: z(1, 3), snapshotZxid: z(1, 2) }]);
    expect(snapshots(store)).not.toContain(`snapshot.${z(1, 3).toString(16)}`);
  });

  it('cuts an incomplete last record and waits for the cut to be durable', () => {
    const store = history([z(1, 1), z(1, 2)], 1);
    store.tails.set(logName(z(1, 1)), 'torn');
    const { host } = starting(store);
    expect(host.reported('loaded')).toEqual([]);
    expect(host.store.pending).toMatchObject([{ op: 'truncate', name: logName(z(1, 1)) }]);
    host.settle();
    expect(host.reported('loaded')).toMatchObject([{ zxid: z(1, 2) }]);
    expect(store.read(logName(z(1, 1))).tail).toBe('clean');
  });

  it('refuses a bad record with good ones behind it', () => {
    const store = history([z(1, 1)], 1);
    store.tails.set(logName(z(1, 1)), 'corrupt');
    const { host } = starting(store);
    expect(host.exited).toMatch(/log\.100000001/);
    expect(host.reported('refused')).toHaveLength(1);
  });

  it('refuses log entries without any snapshot', () => {
    const store = history([z(1, 1)], 1);
    for (const name of snapshots(store)) store.files.delete(name);
    expect(starting(store).host.exited).toMatch(/no valid snapshot/);
  });

  it('writes an empty snapshot the first time', () => {
    const store = new ScriptedStore();
    const { host } = starting(store);
    expect(snapshots(store)).toEqual(['snapshot.0']);
    expect(host.store.pending[0]).toMatchObject({ op: 'flush', name: 'snapshot.0' });
  });
});

describe('LOG-2 epochs at the start', () => {
  it.each([
    ['accepted below current', 1, 3, 2, null],
    ['last zxid within current', 2, 3, 3, 3],
    ['last zxid in (current, accepted] is adopted', 3, 2, 3, 3],
    ['last zxid above accepted', 4, 2, 3, null],
  ])('%s', (_, last, current, accepted, epoch) => {
    expect(serverRules.bootEpoch(last, current, accepted)).toBe(epoch);
  });

  it('what is adopted is durable before the server looks for a leader', () => {
    const store = history([z(3, 1)], 2);
    store.values.set('acceptedEpoch', 3);
    const { host, peer } = starting(store);
    expect(host.store.pending).toMatchObject([{ op: 'value', name: 'currentEpoch' }]);
    expect(host.roles()).toEqual([]);
    host.settle();
    expect(peer.currentEpoch).toBe(3);
    expect(store.values.get('currentEpoch')).toBe(3);
  });

  it('an accepted epoch below the current one refuses the start', () => {
    const store = history([z(1, 1)], 3);
    store.values.set('acceptedEpoch', 2);
    expect(starting(store).host.exited).toMatch(/contradict/);
  });
});

describe('LOG-4 when a role ends', () => {
  it('memory is brought forward by what the log holds beyond it, once it is flushed (FLE-15)', () => {
    const { host, peer } = started(1);
    peer.onElected({ leader: 3, zxid: 0, electionEpoch: 1, peerEpoch: 0 });
    peer.logWriter.add(txn(z(1, 1)));
    peer.logWriter.add(txn(z(1, 2)));
    host.sent.length = 0;
    peer.endRole('test');
    host.runSteps();
    expect(host.store.logged()).toEqual([z(1, 1), z(1, 2)]);
    expect(host.roles().at(-1)).toBe('FOLLOWING');
    expect(host.sent).toEqual([]);
    host.syncOne();
    expect(host.roles().at(-1)).toBe('LOOKING');
    expect(peer.database.lastProcessedZxid).toBe(z(1, 2));
  });
});

describe('FLE-15 a role ends', () => {
  it('by closing its channels and its clients', () => {
    const { host, peer } = started(3);
    peer.onElected({ leader: 3, zxid: 0, electionEpoch: 1, peerEpoch: 0 });
    const learners = [host.accept('quorum'), host.accept('quorum')] as const;
    peer.endRole('test');
    host.settle();
    for (const channel of learners) expect(host.closed.has(channel)).toBe(true);
    expect(host.open.has('quorum')).toBe(false);
    expect(host.roles().at(-1)).toBe('LOOKING');
  });

  it('an observer waits a random time below 200 ms before the election', () => {
    const { host, peer } = started(6, { observers: [6] });
    peer.onElected({ leader: 3, zxid: 0, electionEpoch: 1, peerEpoch: 0 });
    peer.endRole('test');
    host.settle();
    host.advance(99);
    expect(host.roles().at(-1)).toBe('OBSERVING');
    host.advance(1);
    expect(host.roles().at(-1)).toBe('LOOKING');
  });
});

describe('LOG-5 a start that finds the mark of a replacement', () => {
  function interrupted(sealed: boolean) {
    const store = history([z(1, 1), z(1, 2)], 1);
    const whole = withSnapshot(new ScriptedStore(), z(2, 5));
    const [name] = snapshots(whole) as [string];
    const records = whole.files.get(name) ?? [];
    store.files.set(`${name}.1`, sealed ? records : records.slice(0, -1));
    store.values.set('replacement', 1);
    for (const epoch of ['acceptedEpoch', 'currentEpoch']) store.values.set(epoch, 2);
    const { host, peer } = starting(store);
    host.settle();
    return { store, peer };
  }

  it('finishes it where the snapshot is whole', () => {
    const { store, peer } = interrupted(true);
    expect(store.list()).toEqual([`snapshot.${z(2, 5).toString(16)}.1`]);
    expect(store.values.get('replacement')).toBe(0);
    expect(peer.database.lastProcessedZxid).toBe(z(2, 5));
  });

  it('forgets it otherwise', () => {
    const { store, peer } = interrupted(false);
    expect(store.list()).toEqual([logName(z(1, 1)), 'snapshot.0']);
    expect(store.values.get('replacement')).toBe(0);
    expect(peer.database.lastProcessedZxid).toBe(z(1, 2));
  });
});

describe('LOG-6 TRUNC', () => {
  it('removes snapshots and log above its zxid, newest first', () => {
    const store = history([z(1, 1), z(1, 2), z(1, 3)], 1);
    store.append(logName(z(1, 4)), HEADER);
    for (const zxid of [z(1, 4), z(1, 5)]) store.append(logName(z(1, 4)), txn(zxid));
    store.append(logName(z(1, 6)), HEADER);
    store.append(logName(z(1, 6)), txn(z(1, 6)));
    withSnapshot(store, z(1, 4));
    withSnapshot(store, z(1, 5));
    const { host, peer } = starting(store);
    host.settle();
    expect(peer.database.truncate(z(1, 2))).toEqual([
      { op: 'remove', file: `snapshot.${z(1, 5).toString(16)}` },
      { op: 'remove', file: `snapshot.${z(1, 4).toString(16)}` },
      { op: 'remove', file: logName(z(1, 6)) },
      { op: 'remove', file: logName(z(1, 4)) },
      { op: 'truncate', file: logName(z(1, 1)), count: 3 },
    ]);
    expect(peer.database.log.lastZxid).toBe(z(1, 2));
  });
});

describe('LOG-7 and ZAB-19 snapshots', () => {
  it('ZAB-19 the log rolls and a snapshot is taken after a jittered number of transactions', () => {
    // The host's randomness is 0.5: three quarters of snapCount.
    const { host, write } = alone({ snapCount: 8 });
    for (let i = 0; i < 7; i++) {
      write();
      host.settle();
    }
    expect(host.reported('logRolled')).toMatchObject([{ zxid: 7 }]);
    expect(host.reported('snapshotTaken')).toHaveLength(1);
    expect(host.store.list().filter((name) => name.startsWith('log.'))).toEqual(['log.1', 'log.7']);
  });

  it('ZAB-19 one at a time', () => {
    const { host, write } = alone({ snapCount: 2, snapshotStepNodes: 1 });
    for (let i = 0; i < 4; i++) write();
    for (let i = 0; i < 40 && host.reported('logRolled').length < 3; i++) {
      for (const step of [...host.steps]) if (step.name !== 'snapshot') host.runStep(step.name);
      if (host.store.pending.length > 0) host.syncOne();
    }
    expect(host.reported('logRolled').length).toBeGreaterThan(1);
    expect(host.reported('snapshotStarted')).toHaveLength(1);
  });

  it('LOG-7 all but the newest snapshots and the log they need are removed', () => {
    const { host, write, peer } = alone({ snapCount: 4, snapRetainCount: 3 });
    for (let i = 0; i < 30; i++) {
      write();
      host.settle();
      expect(snapshots(host.store).length).toBeLessThanOrEqual(3);
    }
    expect(host.reported('purged').length).toBeGreaterThan(5);
    const oldest = peer.database.snapshots.list().at(-1)?.zxid ?? 0;
    const kept = host.store.logged();
    for (let zxid = oldest + 1; zxid <= 30; zxid++) expect(kept).toContain(zxid);
    expect(kept.length).toBeLessThan(20);
  });
});

describe('LOG-10 a fuzzy snapshot under way', () => {
  it('ends with its role', () => {
    const { host, peer } = started(1, { snapshotStepNodes: 1 });
    peer.onElected({ leader: 3, zxid: 0, electionEpoch: 1, peerEpoch: 0 });
    peer.database.tree.lastProcessedZxid = z(1, 5);
    peer.startSnapshot();
    host.runStep('snapshot');
    peer.endRole('test');
    expect(snapshots(host.store)).toEqual(['snapshot.0']);
    host.settle();
    expect(host.reported('snapshotTaken')).toEqual([]);
  });
});

describe('LOG-11 a failed write', () => {
  it('ends the process', () => {
    const { host, peer, write, replies } = alone();
    write();
    host.runSteps();
    const [request] = host.store.pending;
    peer.onStoreFailed(request?.token ?? 0, 'no space left on device');
    expect(host.exited).toBe('no space left on device');
    expect(replies()).toBe(0);
  });
});

describe('LOG-12 a log file', () => {
  it('is durable before the next one begins', () => {
    const { host, peer } = started(1, { participants: [1], snapCount: 8 });
    for (let zxid = 1; zxid <= 12; zxid++) peer.logWriter.add(txn(zxid));
    host.runSteps();
    const logs = () => host.store.list().filter((name) => name.startsWith('log.'));
    for (let i = 0; i < 20 && host.store.pending.length > 0; i++) {
      const waiting = host.store.pending.filter(({ name }) => name.startsWith('log.'));
      if (waiting.length > 0) expect(waiting.map(({ name }) => name)).toEqual([logs().at(-1)]);
      if (logs().length > 1) expect(host.reported('flushed').length).toBeGreaterThan(0);
      host.syncOne();
      host.runSteps();
    }
    expect(logs().length).toBeGreaterThan(1);
  });
});

describe('ZAB-24 a server alone', () => {
  it('commits by its own flush', () => {
    const { host, write, replies } = alone();
    write();
    host.runSteps();
    expect(replies()).toBe(0);
    host.syncOne();
    expect(host.reported('committed')).toMatchObject([{ zxid: 1 }]);
    host.settle();
    expect(replies()).toBe(1);
  });

  it('opens the next epoch at the limit of its counter', () => {
    const { host, write } = alone({ counterLimit: 3 });
    // The first transaction is the session's.
    for (let i = 0; i < 3; i++) write();
    host.settle();
    expect(host.reported('committed').map(({ zxid }) => zxid)).toEqual([1, 2, z(1, 1), z(1, 2)]);
    expect(host.roles()).toEqual(['LEADING']);
  });
});
