/** What protocol/host.ts promises, of the simulated host and of the live one. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Host, Message, StoreRecord } from '../../protocol/host.ts';
import { OpCode, type TxnRecord } from '../../protocol/txn.ts';
import { liveWorld, type PortWorld, type Probe, simulatedWorld } from './port-world.ts';

const LOG = 'log.100000001';
const HEADER: StoreRecord = { kind: 'logHeader' };

function txn(counter: number, size = 0): TxnRecord {
  const path = `/${counter}${'x'.repeat(size)}`;
  return {
    kind: 'txn',
    session: '0100000000000001',
    cxid: counter,
    zxid: 0x1_0000_0000 + counter,
    time: 1_700_000_000_000,
    txn: { type: OpCode.delete, path },
    digest: -1,
  } as TxnRecord;
}

const STAT = {
  czxid: 0,
  mzxid: 0,
  ctime: 0,
  mtime: 0,
  version: 0,
  cversion: 0,
  aversion: 0,
  ephemeralOwner: '0000000000000000',
  pzxid: 0,
};
const FOLLOWER = { kind: 'FOLLOWERINFO', sid: 1, acceptedEpoch: 0 } as Message;
const ack = (n: number): Message => ({ kind: 'ACK', zxid: n }) as Message;

describe.each([
  ['simulated', simulatedWorld],
  ['live', liveWorld],
] as const)('the %s host', (_, open) => {
  let world: PortWorld;
  let one: Probe;
  let two: Probe;

  beforeEach(async () => {
    world = await open();
    [one, two] = world.actors;
  });
  afterEach(async () => {
    expect([one.nested, two.nested], 'no call is made from inside a call to the host').toEqual([
      false,
      false,
    ]);
    await world.close();
  });

  /** Server 1 dials 2 at the quorum port: the channel's number at both ends. */
  async function dialled(): Promise<[number, number]> {
    two.ask((host) => host.listen('quorum', true));
    await world.pass(50);
    const channel = one.ask((host) => host.dial({ server: 2, port: 'quorum' }));
    one.ask((host) => host.send(channel, FOLLOWER));
    await world.until(() => one.count(`connected ${channel}`) === 1 && two.messages.length === 1);
    expect(two.calls).toContain('accept quorum');
    expect(two.messages).toEqual([FOLLOWER]);
    return [channel, two.accepted[0] as number];
  }

  describe('channels', () => {
    it('HOST-1 carry messages both ways, in order, also what was sent before the connection was made', async () => {
      const [near, far] = await dialled();
      for (let n = 1; n <= 200; n++) {
        one.ask((host) => host.send(near, ack(n)));
        two.ask((host) => host.send(far, ack(-n)));
      }
      await world.until(() => two.messages.length === 201 && one.messages.length === 200);
      expect(two.messages.slice(1)).toEqual(Array.from({ length: 200 }, (__, i) => ack(i + 1)));
      expect(one.messages).toEqual(Array.from({ length: 200 }, (__, i) => ack(-i - 1)));
    });

    it('HOST-1 carry a snapshot whose pieces come one at a time', async () => {
      const [, far] = await dialled();
      const zxid = 0x1_0000_0005;
      const acl = [{ perms: 1, scheme: 'ip', id: '10.0.0.1' }];
      const paths = Array.from({ length: 20 }, (__, i) => (i === 0 ? '' : `/node-${i}`));
      const pieces = [
        { kind: 'SNAP', zxid },
        { kind: 'snapHeader', zxid, sessions: [{ id: '0100000000000001', timeout: 4000 }] },
        ...paths.map((path) => ({ kind: 'snapNode', path, data: null, acl, stat: STAT })),
        { kind: 'snapEnd', zxid, digest: -1 },
        { kind: 'NEWLEADER', zxid: 0x1_0000_0000 },
      ] as Message[];
      for (const piece of pieces) {
        two.ask((host) => host.send(far, piece));
        await world.pass(2);
      }
      await world.until(() => one.messages.length === pieces.length);
      expect(one.messages).toEqual(pieces);
    });

    it('HOST-1 tell the other end `closed` behind everything that was sent, and this end nothing', async () => {
      const [near, far] = await dialled();
      for (let n = 1; n <= 50; n++) one.ask((host) => host.send(near, ack(n)));
      one.ask((host) => host.close(near));
      await world.until(() => two.count(`closed ${far}`) === 1);
      expect(two.messages).toHaveLength(51);
      two.ask((host) => host.send(far, ack(1)));
      await world.pass(50);
      expect(one.calls.filter((call) => /closed|reset|message/.test(call))).toEqual([]);
      expect(two.ask((host) => host.remoteAddress(far))).toBe('');
    });

    it('HOST-1 that are closed within a message deliver no further one', async () => {
      const [near, far] = await dialled();
      two.onMessageDo = () => two.ask((host) => host.close(far));
      for (let n = 1; n <= 10; n++) one.ask((host) => host.send(near, ack(n)));
      await world.until(() => one.count(`closed ${near}`) === 1);
      expect(two.messages).toHaveLength(2);
    });

    it('HOST-3 to a port that nobody listens at are refused, and take what is sent without complaint', async () => {
      const channel = one.ask((host) => host.dial({ server: 2, port: 'election' }));
      expect(one.ask((host) => host.send(channel, { kind: 'electionHello', sid: 1 } as Message))).toBe(true);
      await world.until(() => one.count(`refused ${channel}`) === 1);
      expect(one.ask((host) => host.send(channel, { kind: 'electionHello', sid: 1 } as Message))).toBe(true);
    });

    it('HOST-3 to a port that was open are refused once it is closed; those that are there stay', async () => {
      const [near, far] = await dialled();
      two.ask((host) => host.listen('quorum', false));
      await world.pass(50);
      const channel = one.ask((host) => host.dial({ server: 2, port: 'quorum' }));
      await world.until(() => one.count(`refused ${channel}`) === 1);
      two.ask((host) => host.send(far, ack(7)));
      await world.until(() => one.messages.length === 1);
      expect(one.count(`closed ${near}`)).toBe(0);
    });

    it('HOST-2 are told full, and drained once there is room again', async () => {
      const [near] = await dialled();
      let sent = 0;
      const large = { kind: 'PROPOSAL', record: txn(1, 50_000) } as unknown as Message;
      while (one.ask((host) => host.send(near, large))) {
        sent++;
        expect(sent).toBeLessThan(5000);
      }
      expect(one.count(`drained ${near}`)).toBe(0);
      await world.until(() => one.count(`drained ${near}`) === 1);
      await world.until(() => two.messages.length === sent + 2);
    });

    it('HOST-1 are reset when the other process dies', async () => {
      const [near] = await dialled();
      await world.restart();
      await world.until(() =>
        one.calls.some((call) => call === `reset ${near}` || call === `closed ${near}`),
      );
    });
  });

  describe('the store', () => {
    const append = (host: Host, ...counters: number[]): void => {
      for (const counter of counters) host.store.append(LOG, txn(counter));
    };

    it('HOST-6 shows what was appended at once, and says when it is durable', async () => {
      two.ask((host) => {
        host.store.append(LOG, HEADER);
        append(host, 1, 2);
        expect(host.store.list()).toEqual([LOG]);
        expect(host.store.read(LOG)).toEqual({ records: [HEADER, txn(1), txn(2)], tail: 'clean' });
        host.store.flush(LOG, 1);
        append(host, 3);
        expect(host.store.read(LOG).records).toHaveLength(4);
        expect(host.store.size(LOG)).toBeGreaterThan(16);
      });
      expect(two.calls).toEqual(['start']);
      await world.until(() => two.count('durable 1') === 1);
      expect(two.ask((host) => host.store.read(LOG).records)).toEqual([HEADER, txn(1), txn(2), txn(3)]);
    });

    it('HOST-6 completes the requests of one file in their order', async () => {
      two.ask((host) => {
        host.store.append(LOG, HEADER);
        for (let n = 1; n <= 20; n++) {
          append(host, n);
          host.store.flush(LOG, n);
        }
        host.store.truncate(LOG, 6, 21);
        host.store.flush(LOG, 22);
        host.store.remove(LOG, 23);
      });
      await world.until(() => two.count('durable 23') === 1);
      expect(two.calls.slice(1)).toEqual(Array.from({ length: 23 }, (__, i) => `durable ${i + 1}`));
    });

    it('HOST-6 keeps what is flushed across the death of its process, and the values', async () => {
      two.ask((host) => {
        host.store.append(LOG, HEADER);
        append(host, 1, 2, 3);
        host.store.flush(LOG, 1);
        host.store.writeValue('acceptedEpoch', 7, 2);
        host.store.writeValue('currentEpoch', 6, 3);
        host.store.writeValue('currentEpoch', 7, 4);
      });
      expect(two.ask((host) => host.store.readValue('currentEpoch'))).toBe(7);
      await world.until(() => ['durable 1', 'durable 2', 'durable 4'].every((call) => two.count(call) === 1));
      const next = await world.restart();
      const { store } = next.host;
      expect(store.read(LOG)).toEqual({ records: [HEADER, txn(1), txn(2), txn(3)], tail: 'clean' });
      expect([store.readValue('acceptedEpoch'), store.readValue('currentEpoch')]).toEqual([7, 7]);
      expect(store.readValue('replacement')).toBeNull();
    });

    it('HOST-6 cuts a file to its first records, at once for reads, and appends behind them', async () => {
      two.ask((host) => {
        host.store.append(LOG, HEADER);
        append(host, 1, 2, 3, 4);
        host.store.flush(LOG, 1);
        host.store.truncate(LOG, 3, 2);
        expect(host.store.read(LOG).records).toEqual([HEADER, txn(1), txn(2)]);
        append(host, 5);
        expect(host.store.read(LOG).records).toEqual([HEADER, txn(1), txn(2), txn(5)]);
        host.store.flush(LOG, 3);
      });
      await world.until(() => two.count('durable 3') === 1);
      const next = await world.restart();
      expect(next.host.store.read(LOG)).toEqual({ records: [HEADER, txn(1), txn(2), txn(5)], tail: 'clean' });
    });

    it('HOST-6 cuts what was not flushed yet', async () => {
      two.ask((host) => {
        host.store.append(LOG, HEADER);
        append(host, 1);
        host.store.flush(LOG, 1);
        append(host, 2, 3);
        host.store.truncate(LOG, 3, 2);
        expect(host.store.read(LOG).records).toEqual([HEADER, txn(1), txn(2)]);
        host.store.flush(LOG, 3);
      });
      await world.until(() => two.count('durable 3') === 1);
      const next = await world.restart();
      expect(next.host.store.read(LOG).records).toEqual([HEADER, txn(1), txn(2)]);
    });

    it('HOST-6 removes a file, at once for reads; one of that name may be made anew', async () => {
      two.ask((host) => {
        host.store.append(LOG, HEADER);
        append(host, 1);
        host.store.flush(LOG, 1);
        host.store.remove(LOG, 2);
        expect(host.store.list()).toEqual([]);
        expect(() => host.store.read(LOG)).toThrow();
        expect(host.store.size(LOG)).toBe(0);
        host.store.remove('log.5', 3);
        host.store.append(LOG, HEADER);
        append(host, 9);
        host.store.flush(LOG, 4);
      });
      await world.until(() => two.count('durable 4') === 1 && two.count('durable 3') === 1);
      const next = await world.restart();
      expect(next.host.store.read(LOG).records).toEqual([HEADER, txn(9)]);
    });

    it('HOST-6 keeps a whole snapshot', async () => {
      const file = 'snapshot.100000002';
      const chunks = [
        { kind: 'snapHeader', zxid: 0x1_0000_0002, sessions: [] },
        {
          kind: 'snapNode',
          path: '',
          data: new Uint8Array([1]),
          acl: [],
          stat: STAT,
        },
        { kind: 'snapEnd', zxid: 0x1_0000_0003, digest: 5 },
      ] as unknown as StoreRecord[];
      two.ask((host) => {
        for (const chunk of chunks) host.store.append(file, chunk);
        expect(host.store.read(file)).toEqual({ records: chunks, tail: 'clean' });
        host.store.flush(file, 1);
      });
      await world.until(() => two.count('durable 1') === 1);
      const next = await world.restart();
      expect(next.host.store.list()).toEqual([file]);
      expect(next.host.store.read(file)).toEqual({ records: chunks, tail: 'clean' });
    });
  });

  describe('timers, steps and clocks', () => {
    it('HOST-4 fire once, not before their time by its clock, and not when cleared', async () => {
      const begin = two.host.now();
      const [, cleared] = two.ask((host) => [
        host.setTimer(30, 'late', 2),
        host.setTimer(20, 'never', 0),
        host.setTimer(0, 'early', 1),
      ]);
      two.ask((host) => host.clearTimer(cleared as number));
      two.ask((host) => host.clearTimer(0));
      expect(two.calls).toEqual(['start']);
      await world.until(() => two.count('timer late 2') === 1);
      expect(two.host.now() - begin).toBeGreaterThanOrEqual(30);
      await world.pass(40);
      expect(two.calls.slice(1)).toEqual(['timer early 1', 'timer late 2']);
    });

    it('HOST-4 steps run after the call that scheduled them, each once', async () => {
      two.ask((host) => {
        for (let n = 1; n <= 5; n++) host.schedule('step', n);
      });
      expect(two.calls).toEqual(['start']);
      await world.until(() => two.calls.length === 6);
      expect(two.calls.slice(1).sort()).toEqual([1, 2, 3, 4, 5].map((n) => `step step ${n}`));
    });

    it('HOST-4 its clock does not go back, and chance is in [0, 1)', async () => {
      const times: number[] = [];
      for (let i = 0; i < 20; i++) {
        times.push(two.host.now());
        two.ask((host) => host.setTimer(1, 'tick', 0));
        await world.pass(2);
      }
      expect(times.every(Number.isInteger)).toBe(true);
      expect(times).toEqual(times.toSorted((a, b) => a - b));
      expect(times.at(-1)).toBeGreaterThan(times[0] as number);
      const draws = Array.from({ length: 1000 }, () => two.host.random());
      expect(draws.every((draw) => draw >= 0 && draw < 1)).toBe(true);
      expect(new Set(draws).size).toBeGreaterThan(990);
    });

    it('HOST-5 a process that has ended itself hears nothing more', async () => {
      const [, far] = await dialled();
      two.ask((host) => {
        host.setTimer(5, 'never', 0);
        host.schedule('never', 0);
        host.exit('as asked');
      });
      const calls = two.calls.length;
      await world.until(() => one.calls.some((call) => /^(reset|closed) /.test(call)));
      await world.pass(50);
      expect(two.calls).toHaveLength(calls);
      expect(far).toBeGreaterThan(0);
    });
  });
});
