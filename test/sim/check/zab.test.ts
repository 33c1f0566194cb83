import { describe, expect, it } from 'vitest';
import { properties } from '../../../sim/check/index.ts';
import { Bench, d, z } from './bench.ts';
import { proposed } from './events.ts';

const ALL = [1, 2, 3];

/** Three servers in epoch 1 that have delivered [1,1]. */
const running = () => new Bench().boot().lead(3, 1, [1, 2]).write(3, z(1, 1), ALL);

/** Each server's role ends and the log is replayed. */
function lookAgain(bench: Bench, servers: readonly number[], zxid: number): Bench {
  for (const server of servers) {
    bench.feed(
      { kind: 'role', server, role: 'LOOKING', leader: 0, reason: '' },
      { kind: 'fastForwarded', server, zxid },
    );
  }
  return bench;
}

describe('a correct run violates nothing', () => {
  it('in broadcast, over a leader change with an inherited transaction, and after a crash', () => {
    const bench = running();
    // [1,2] is on 3 and 2 only, not committed; then 2 leads 1.
    bench
      .propose(3, z(1, 2))
      .log(3, z(1, 2))
      .flush(3, z(1, 2))
      .log(2, z(1, 2))
      .flush(2, z(1, 2))
      .ack(2, 3, z(1, 2));
    bench.crash(3);
    lookAgain(bench, [2], z(1, 2));
    lookAgain(bench, [1], z(1, 1));
    bench.discover(2, 2, [1]).log(1, z(1, 2)).apply(1, z(1, 2), false).flush(1, z(1, 2));
    bench.ackNewLeader(2, 2, 1, z(1, 2)).feed({ kind: 'established', server: 2, epoch: 2, zxid: z(2, 0) });
    bench.feed({ kind: 'serving', server: 1, leader: 2, epoch: 2, zxid: z(1, 2) });
    bench.write(2, z(2, 1), [1, 2]);
    // 3 comes back and is synchronized by SNAP.
    bench.feed({ kind: 'restarted', server: 3 });
    bench.feed({
      kind: 'loaded',
      server: 3,
      zxid: z(1, 2),
      snapshotZxid: 0,
      acceptedEpoch: 1,
      currentEpoch: 1,
    });
    bench.feed(
      { kind: 'role', server: 3, role: 'FOLLOWING', leader: 2, reason: '' },
      { kind: 'acceptedEpoch', server: 3, epoch: 2 },
      { kind: 'snapStreamed', server: 2, learner: 3, zxid: z(2, 1), endZxid: z(2, 1) },
      { kind: 'newLeaderSent', server: 2, learner: 3, epoch: 2 },
      { kind: 'snapInstalled', server: 3, leader: 2, zxid: z(2, 1) },
      { kind: 'snapshotTaken', server: 3, zxid: z(2, 1), endZxid: z(2, 1) },
    );
    bench
      .ackNewLeader(2, 2, 3, z(2, 1))
      .feed({ kind: 'serving', server: 3, leader: 2, epoch: 2, zxid: z(2, 1) });
    bench.write(2, z(2, 2), ALL);
    expect(bench.violations).toEqual([]);
    const zab = properties.map((property) => property.id).filter((id) => !/^(SVC|RECIPE|ECO)-/.test(id));
    const untested = zab.filter((id) => !bench.checked(id));
    expect(untested).toEqual(['LIVE-ELECTS', 'LIVE-COMMITS', 'LIVE-CONVERGES']);
  });

  it('on a truncated suffix, on a commit before the own log, and on an observer', () => {
    const bench = new Bench({ observers: [4] }).boot().lead(3, 1, [1, 2, 4]);
    bench
      .propose(3, z(1, 1))
      .log(1, z(1, 1))
      .flush(1, z(1, 1))
      .log(2, z(1, 1))
      .flush(2, z(1, 1))
      .commit(3, z(1, 1));
    bench.deliver(3, z(1, 1)).deliver(4, z(1, 1)).log(4, z(1, 1)).log(3, z(1, 1)).flush(3, z(1, 1));
    bench.deliver(2, z(1, 1)).deliver(1, z(1, 1));
    bench.propose(3, z(1, 2)).log(3, z(1, 2)).flush(3, z(1, 2)).crash(3);
    lookAgain(bench, [1, 2], z(1, 1)).lead(2, 2, [1], z(1, 1)).write(2, z(2, 1), [1, 2]);
    bench.boot(z(1, 2), 1, [3]);
    bench.feed(
      { kind: 'role', server: 3, role: 'FOLLOWING', leader: 2, reason: '' },
      { kind: 'acceptedEpoch', server: 3, epoch: 2 },
      { kind: 'newLeaderSent', server: 2, learner: 3, epoch: 2 },
      { kind: 'truncated', server: 3, zxid: z(1, 1), durable: false },
      { kind: 'truncated', server: 3, zxid: z(1, 1), durable: true },
    );
    bench.log(3, z(2, 1)).apply(3, z(2, 1), false).flush(3, z(2, 1)).ackNewLeader(2, 2, 3, z(2, 1));
    bench.feed({ kind: 'serving', server: 3, leader: 2, epoch: 2, zxid: z(2, 1) });
    expect(bench.violations).toEqual([]);
  });

  it('on a standalone server over a restart', () => {
    const bench = new Bench({ participants: [1] });
    const start = (zxid: number) =>
      bench
        .boot(zxid)
        .feed(
          { kind: 'role', server: 1, role: 'LEADING', leader: 1, reason: 'standalone' },
          { kind: 'established', server: 1, epoch: 0, zxid },
        );
    start(0).write(1, z(0, 1), [1]).crash(1);
    // The counter rolls over into the next epoch.
    start(z(0, 1)).write(1, z(0, 2), [1]).write(1, z(1, 1), [1]);
    expect(bench.violations).toEqual([]);
  });
});

describe('ZAB-INTEGRITY', () => {
  it('ZAB-INTEGRITY fails when a transaction nobody proposed is delivered', () => {
    expect(running().log(1, z(1, 2)).deliver(1, z(1, 2)).violations).toMatchInlineSnapshot(`
      [
        {
          "property": "ZAB-INTEGRITY",
          "text": "server 1 delivered [1,2] with digest 954416, which no leader has proposed",
        },
      ]
    `);
  });

  it('ZAB-INTEGRITY fails when a transaction is delivered twice in an incarnation', () => {
    expect(running().deliver(1, z(1, 1)).violated).toEqual(['ZAB-INTEGRITY']);
  });

  it('ZAB-INTEGRITY allows replay and delivery after a restart', () => {
    const bench = running().crash(1);
    bench.feed({ kind: 'restarted', server: 1 }).apply(1, z(1, 1), false).boot(z(1, 1), 1, [1]);
    bench.feed({ kind: 'role', server: 1, role: 'FOLLOWING', leader: 3, reason: '' });
    bench.feed({ kind: 'serving', server: 1, leader: 3, epoch: 1, zxid: z(1, 1) });
    expect(bench.violated).toEqual([]);
  });
});

describe('ZAB-PREFIX', () => {
  it('ZAB-PREFIX fails when two servers deliver different transactions in one place', () => {
    const bench = running();
    bench.propose(3, z(1, 2)).deliver(3, z(1, 2)).crash(3);
    // Server 2 leads epoch 2 without [1,2]; primary integrity fails with it, as it must.
    lookAgain(bench, [1, 2], z(1, 1)).lead(2, 2, [1], z(1, 1)).write(2, z(2, 1), [1, 2]);
    expect(bench.violated).toEqual(['ZAB-PREFIX', 'ZAB-PRIMARY-INTEGRITY']);
    expect(bench.violations.find((violation) => violation.property === 'ZAB-PREFIX')).toMatchInlineSnapshot(`
      {
        "property": "ZAB-PREFIX",
        "text": "server 1 delivered [2,1] right after [1,1], where others delivered [1,2] (digests 908826 and 954416)",
      }
    `);
  });

  it('ZAB-PREFIX fails alone when equal zxids carry different transactions', () => {
    const bench = running();
    bench.propose(3, z(1, 2)).deliver(3, z(1, 2));
    bench.feed(proposed(1, z(1, 2), 7)).apply(1, z(1, 2), true, 7, 7);
    expect(bench.violated).toEqual(['ZAB-PREFIX']);
  });
});

describe('ZAB-LOCAL-PRIMARY-ORDER', () => {
  it('ZAB-LOCAL-PRIMARY-ORDER fails on a hole', () => {
    const bench = running().propose(3, z(1, 2), z(1, 3)).deliver(1, z(1, 3));
    expect(bench.violations).toMatchInlineSnapshot(`
      [
        {
          "property": "ZAB-LOCAL-PRIMARY-ORDER",
          "text": "server 1 delivered [1,3] right after [1,1]: proposals of epoch 1 are missing between them",
        },
      ]
    `);
  });

  it('ZAB-LOCAL-PRIMARY-ORDER fails when an epoch does not begin with its first proposal', () => {
    const bench = new Bench().boot().lead(3, 1, [1, 2]).propose(3, z(1, 1), z(1, 2)).deliver(1, z(1, 2));
    expect(bench.violated).toEqual(['ZAB-LOCAL-PRIMARY-ORDER']);
  });

  it('ZAB-LOCAL-PRIMARY-ORDER and ZAB-PREFIX fail when commits are delivered out of order', () => {
    const bench = running().propose(3, z(1, 2), z(1, 3)).deliver(1, z(1, 3), z(1, 2));
    expect(bench.violated).toEqual(['ZAB-LOCAL-PRIMARY-ORDER', 'ZAB-PREFIX']);
  });
});

describe('ZAB-GLOBAL-PRIMARY-ORDER', () => {
  it('ZAB-GLOBAL-PRIMARY-ORDER fails when a server serves an older epoch again', () => {
    const bench = running();
    lookAgain(bench, ALL, z(1, 1)).lead(2, 2, [1, 3], z(1, 1)).write(2, z(2, 1), ALL);
    bench.feed({ kind: 'role', server: 1, role: 'FOLLOWING', leader: 2, reason: '' });
    bench.feed({ kind: 'serving', server: 1, leader: 2, epoch: 2, zxid: z(1, 1) });
    expect(bench.violations).toMatchInlineSnapshot(`
      [
        {
          "property": "ZAB-GLOBAL-PRIMARY-ORDER",
          "text": "server 1 delivered [1,1] of epoch 1 after [2,1] of epoch 2",
        },
      ]
    `);
  });
});

describe('ZAB-PRIMARY-INTEGRITY', () => {
  it('ZAB-PRIMARY-INTEGRITY fails when a leader proposes without what was delivered before', () => {
    const bench = running().propose(3, z(1, 2)).deliver(3, z(1, 2)).crash(3);
    lookAgain(bench, [1, 2], z(1, 1)).lead(2, 2, [1], z(1, 1)).propose(2, z(2, 1));
    expect(bench.violations).toMatchInlineSnapshot(`
      [
        {
          "property": "ZAB-PRIMARY-INTEGRITY",
          "text": "leader 2 of epoch 2 proposed after it had delivered up to [1,1], without [1,2], which server 3 delivered",
        },
      ]
    `);
  });

  it('ZAB-PRIMARY-INTEGRITY fails when an earlier epoch is delivered afterwards', () => {
    const bench = running().propose(3, z(1, 2));
    lookAgain(bench, [1, 2], z(1, 1)).lead(2, 2, [1], z(1, 1)).propose(2, z(2, 1));
    expect(bench.violated).toEqual([]);
    expect(bench.deliver(3, z(1, 2)).violated).toEqual(['ZAB-PRIMARY-INTEGRITY']);
  });

  it('ZAB-PRIMARY-INTEGRITY fails when a leader proposes before it serves', () => {
    const bench = running();
    lookAgain(bench, [1, 2], z(1, 1)).discover(2, 2, [1]).propose(2, z(2, 1));
    expect(bench.violated).toEqual(['ZAB-PRIMARY-INTEGRITY']);
  });
});

describe('ZAB-LEADERSHIP', () => {
  it('ZAB-LEADERSHIP fails when two leaders are established in one epoch', () => {
    const bench = running();
    lookAgain(bench, [1, 2], z(1, 1)).lead(2, 1, [1], z(1, 1));
    expect(bench.violations).toMatchInlineSnapshot(`
      [
        {
          "property": "ZAB-LEADERSHIP",
          "text": "servers 3 and 2 were both established as leaders of epoch 1",
        },
      ]
    `);
  });

  it('ZAB-LEADERSHIP fails when one server is established twice in one epoch', () => {
    expect(lookAgain(running(), ALL, z(1, 1)).lead(3, 1, [1, 2], z(1, 1)).violated).toEqual([
      'ZAB-LEADERSHIP',
    ]);
  });
});

describe('ZAB-SYNC', () => {
  /** 1 lacks [1,2], which leader 2 of epoch 2 holds. */
  const behind = () => {
    const bench = running().propose(3, z(1, 2)).log(2, z(1, 2)).flush(2, z(1, 2)).crash(3);
    lookAgain(bench, [2], z(1, 2));
    return lookAgain(bench, [1], z(1, 1)).discover(2, 2, [1]);
  };

  it("ZAB-SYNC fails when the leader's initial history is not durable on the learner", () => {
    expect(behind().ackNewLeader(2, 2, 1, z(1, 1)).violations).toMatchInlineSnapshot(`
      [
        {
          "property": "ZAB-SYNC",
          "text": "server 1 acknowledged NEWLEADER of leader 2, epoch 2, with a durable history up to [1,1] that lacks the leader's initial history up to [1,2]",
        },
      ]
    `);
  });

  it('ZAB-SYNC and LOG-ACK fail when the synchronized transactions are logged but not flushed', () => {
    const bench = behind().log(1, z(1, 2)).ackNewLeader(2, 2, 1, z(1, 2));
    expect(bench.violated).toEqual(['LOG-ACK', 'ZAB-SYNC']);
  });

  it('ZAB-SYNC and LOG-ACK fail when the installed snapshot is in memory only', () => {
    const bench = behind();
    bench.feed(
      { kind: 'snapStreamed', server: 2, learner: 1, zxid: z(1, 2), endZxid: z(1, 2) },
      { kind: 'snapInstalled', server: 1, leader: 2, zxid: z(1, 2) },
    );
    expect(bench.ackNewLeader(2, 2, 1, z(1, 2)).violated).toEqual(['LOG-ACK', 'ZAB-SYNC']);
  });

  const ahead = () => {
    const bench = running().propose(3, z(1, 2)).log(1, z(1, 2)).flush(1, z(1, 2)).crash(3);
    lookAgain(bench, [2], z(1, 1));
    return lookAgain(bench, [1], z(1, 2)).discover(2, 2, [1]);
  };

  it('ZAB-SYNC fails when the learner keeps a suffix the leader does not have', () => {
    expect(ahead().ackNewLeader(2, 2, 1, z(1, 2)).violations).toMatchInlineSnapshot(`
      [
        {
          "property": "ZAB-SYNC",
          "text": "server 1 acknowledged NEWLEADER of leader 2, epoch 2, with a durable history up to [1,2] that is no prefix of the leader's, up to [1,1]",
        },
      ]
    `);
  });

  it('ZAB-SYNC fails when the truncation is not synced', () => {
    const bench = ahead().feed({ kind: 'truncated', server: 1, zxid: z(1, 1), durable: false });
    expect(bench.ackNewLeader(2, 2, 1, z(1, 1)).violated).toEqual(['ZAB-SYNC']);
  });
});

describe('TREE-DIGEST', () => {
  it("TREE-DIGEST fails when a tree's digest is not the predicted one", () => {
    const bench = running()
      .propose(3, z(1, 2))
      .apply(1, z(1, 2), true, 5, d(z(1, 2)));
    expect(bench.violations).toMatchInlineSnapshot(`
      [
        {
          "property": "TREE-DIGEST",
          "text": "server 1 has tree digest 5 after [1,2], while its leader predicted 954416",
        },
      ]
    `);
  });

  it('TREE-DIGEST excepts a fuzzy snapshot until the zxid at which it ended', () => {
    const bench = running().propose(3, z(1, 2), z(1, 3));
    bench.feed(
      { kind: 'role', server: 1, role: 'FOLLOWING', leader: 3, reason: '' },
      { kind: 'snapStreamed', server: 3, learner: 1, zxid: z(1, 1), endZxid: z(1, 3) },
      { kind: 'snapInstalled', server: 1, leader: 3, zxid: z(1, 1) },
    );
    bench.apply(1, z(1, 2), false, 5);
    expect(bench.violated).toEqual([]);
    expect(bench.apply(1, z(1, 3), false, 5).violated).toEqual(['TREE-DIGEST']);
  });

  it('TREE-DIGEST excepts a database loaded from a fuzzy snapshot likewise', () => {
    const bench = running();
    bench.feed({ kind: 'snapshotTaken', server: 1, zxid: z(1, 1), endZxid: z(1, 3) }).crash(1);
    bench.feed({
      kind: 'loaded',
      server: 1,
      zxid: z(1, 1),
      snapshotZxid: z(1, 1),
      acceptedEpoch: 1,
      currentEpoch: 1,
    });
    bench.propose(3, z(1, 2), z(1, 3)).apply(1, z(1, 2), false, 5);
    expect(bench.violated).toEqual([]);
    expect(bench.apply(1, z(1, 3), false, 5).violated).toEqual(['TREE-DIGEST']);
  });
});
