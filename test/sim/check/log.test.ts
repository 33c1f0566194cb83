import { describe, expect, it } from 'vitest';
import { MAX_REPORTS } from '../../../sim/check/index.ts';
import { Bench, z } from './bench.ts';

const started = () => new Bench().boot().lead(3, 1, [1, 2]);

describe('LOG-DURABILITY', () => {
  it('LOG-DURABILITY fails when a leader commits what only it holds', () => {
    const bench = started()
      .propose(3, z(1, 1))
      .log(3, z(1, 1))
      .flush(3, z(1, 1))
      .log(1, z(1, 1))
      .commit(3, z(1, 1));
    expect(bench.violations).toMatchInlineSnapshot(`
      [
        {
          "property": "LOG-DURABILITY",
          "text": "leader 3 committed [1,1] while only server 3 held it durably, which is no quorum",
        },
      ]
    `);
  });

  it('LOG-DURABILITY holds when a quorum without the leader holds it', () => {
    const bench = started().propose(3, z(1, 1));
    for (const server of [1, 2]) bench.log(server, z(1, 1)).flush(server, z(1, 1));
    expect(bench.commit(3, z(1, 1)).violated).toEqual([]);
  });

  it('LOG-DURABILITY counts no observer', () => {
    const bench = new Bench({ observers: [4, 5] }).boot().lead(3, 1, [1, 2, 4, 5]).propose(3, z(1, 1));
    for (const server of [3, 4, 5]) bench.log(server, z(1, 1)).flush(server, z(1, 1));
    expect(bench.commit(3, z(1, 1)).violated).toEqual(['LOG-DURABILITY']);
  });

  it('LOG-DURABILITY fails when a later leader lacks a committed transaction', () => {
    const bench = started().propose(3, z(1, 1));
    for (const server of [2, 3]) bench.log(server, z(1, 1)).flush(server, z(1, 1));
    bench.commit(3, z(1, 1)).crash(2, 3);
    // The disk of 2 lost what it had flushed.
    bench.boot(0, 1, [2]).lead(2, 2, [1]);
    expect(bench.violations).toMatchInlineSnapshot(`
      [
        {
          "property": "LOG-DURABILITY",
          "text": "leader 2 was established in epoch 2 with a history up to [0,0] that lacks what is committed after [0,0], up to [1,1]",
        },
      ]
    `);
  });

  it('LOG-DURABILITY fails when a leader is established before a quorum holds its history', () => {
    const bench = started().propose(3, z(1, 1)).log(3, z(1, 1)).flush(3, z(1, 1));
    bench.feed(
      { kind: 'role', server: 3, role: 'LOOKING', leader: 0, reason: '' },
      { kind: 'fastForwarded', server: 3, zxid: z(1, 1) },
    );
    bench.discover(3, 2, [1]).feed({ kind: 'established', server: 3, epoch: 2, zxid: z(2, 0) });
    expect(bench.violations).toMatchInlineSnapshot(`
      [
        {
          "property": "LOG-DURABILITY",
          "text": "leader 3 was established in epoch 2 while only server 3 held its history up to [1,1] durably, which is no quorum",
        },
      ]
    `);
  });

  it('LOG-DURABILITY lets a power loss undo a truncation that was not synced', () => {
    const bench = started().propose(3, z(1, 1), z(1, 2)).log(3, z(1, 1), z(1, 2)).flush(3, z(1, 2));
    bench.feed({ kind: 'truncated', server: 3, zxid: z(1, 1), durable: false });
    bench.feed({ kind: 'crashed', server: 3, power: true }).boot(z(1, 2), 1, [3]);
    expect(bench.violated).toEqual([]);
    bench.feed({ kind: 'truncated', server: 3, zxid: z(1, 1), durable: true });
    bench.feed({ kind: 'crashed', server: 3, power: true }).boot(z(1, 2), 1, [3]);
    expect(bench.violated).toEqual(['LOG-DURABILITY']);
  });

  it('LOG-DURABILITY lets a crash bring back what lies beneath an unsynced snapshot', () => {
    const bench = started().propose(3, z(1, 1), z(1, 2)).log(1, z(1, 1)).flush(1, z(1, 1));
    bench.feed(
      { kind: 'snapStreamed', server: 3, learner: 1, zxid: z(1, 2), endZxid: z(1, 2) },
      { kind: 'snapInstalled', server: 1, leader: 3, zxid: z(1, 2) },
    );
    expect(bench.crash(1).boot(z(1, 1), 1, [1]).violated).toEqual([]);
  });

  it('LOG-DURABILITY follows a server that reloads its disk after a broken SNAP', () => {
    const bench = started().propose(3, z(1, 1), z(1, 2)).log(1, z(1, 1)).flush(1, z(1, 1));
    bench.feed(
      { kind: 'snapStreamed', server: 3, learner: 1, zxid: z(1, 2), endZxid: z(1, 2) },
      { kind: 'snapInstalled', server: 1, leader: 3, zxid: z(1, 2) },
      { kind: 'fastForwarded', server: 1, zxid: z(1, 1) },
    );
    bench.log(1, z(1, 2)).flush(1, z(1, 2)).ack(1, 3, z(1, 2));
    expect(bench.violated).toEqual([]);
  });

  it(`LOG-DURABILITY is reported ${MAX_REPORTS} times at most`, () => {
    const bench = started();
    for (let counter = 1; counter <= 20; counter++) bench.propose(3, z(1, counter)).commit(3, z(1, counter));
    expect(bench.violations.length).toBe(MAX_REPORTS);
  });
});

describe('LOG-EPOCHS', () => {
  it('LOG-EPOCHS fails when an epoch falls', () => {
    const bench = started().feed({ kind: 'acceptedEpoch', server: 1, epoch: 3 });
    expect(bench.violated).toEqual([]);
    expect(bench.feed({ kind: 'acceptedEpoch', server: 1, epoch: 2 }).violations).toMatchInlineSnapshot(`
      [
        {
          "property": "LOG-EPOCHS",
          "text": "acceptedEpoch of server 1 fell from 3 to 2",
        },
      ]
    `);
  });

  it('LOG-EPOCHS fails when an epoch is forgotten over a restart', () => {
    expect(started().crash(1).boot(0, 0, [1]).violated).toEqual(['LOG-EPOCHS']);
  });

  it('LOG-EPOCHS fails when currentEpoch passes acceptedEpoch', () => {
    expect(started().feed({ kind: 'currentEpoch', server: 1, epoch: 2 }).violations).toMatchInlineSnapshot(`
      [
        {
          "property": "LOG-EPOCHS",
          "text": "server 1 has acceptedEpoch 1, which is lower than its currentEpoch 2",
        },
      ]
    `);
  });

  it('LOG-EPOCHS fails when a logged zxid passes currentEpoch after NEWLEADER, not before', () => {
    const bench = started().feed({ kind: 'acceptedEpoch', server: 1, epoch: 2 });
    expect(bench.log(1, z(2, 1)).violated).toEqual(['LOG-EPOCHS']);
    const syncing = started().feed(
      { kind: 'role', server: 1, role: 'FOLLOWING', leader: 3, reason: '' },
      { kind: 'acceptedEpoch', server: 1, epoch: 2 },
    );
    expect(syncing.log(1, z(2, 1)).violated).toEqual([]);
    expect(syncing.log(1, z(3, 1)).violated).toEqual(['LOG-EPOCHS']);
  });

  it('LOG-EPOCHS allows at boot an epoch of the last zxid in (currentEpoch, acceptedEpoch]', () => {
    const bench = started().feed(
      { kind: 'role', server: 1, role: 'FOLLOWING', leader: 3, reason: '' },
      { kind: 'acceptedEpoch', server: 1, epoch: 2 },
    );
    bench.log(1, z(2, 1)).flush(1, z(2, 1)).crash(1);
    bench.feed({
      kind: 'loaded',
      server: 1,
      zxid: z(2, 1),
      snapshotZxid: 0,
      acceptedEpoch: 2,
      currentEpoch: 1,
    });
    expect(bench.violated).toEqual([]);
  });

  it('LOG-EPOCHS fails when NEWLEADER is acked before currentEpoch is written', () => {
    const bench = new Bench().boot().discover(3, 1, [1]);
    bench.feed({ kind: 'newLeaderAcked', server: 1, leader: 3, epoch: 1, zxid: 0 });
    expect(bench.violations).toMatchInlineSnapshot(`
      [
        {
          "property": "LOG-EPOCHS",
          "text": "server 1 acknowledged NEWLEADER of epoch 1 while its currentEpoch is 0",
        },
      ]
    `);
  });
});

describe('LOG-ACK', () => {
  it('LOG-ACK fails when a proposal is acknowledged before it is flushed', () => {
    const bench = started().propose(3, z(1, 1)).log(1, z(1, 1)).ack(1, 3, z(1, 1));
    expect(bench.violations).toMatchInlineSnapshot(`
      [
        {
          "property": "LOG-ACK",
          "text": "server 1 acknowledged [1,1] to leader 3 while its durable history ends at [0,0]",
        },
      ]
    `);
  });

  it('LOG-ACK fails when a proposal is acknowledged that was never logged', () => {
    expect(started().propose(3, z(1, 1)).ack(1, 3, z(1, 1)).violated).toEqual(['LOG-ACK']);
  });

  it('LOG-ACK takes the ACK of an epoch’s opening zxid for one of what came before', () => {
    expect(started().ack(1, 3, z(1, 0)).violated).toEqual([]);
  });
});
