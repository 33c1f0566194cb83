import { describe, expect, it } from 'vitest';
import type { EnsembleConfig } from '../../../protocol/config.ts';
import { Election } from '../../../protocol/election/election.ts';
import { electionRules } from '../../../protocol/election/rules.ts';
import type { Notification, Vote } from '../../../protocol/election/vote.ts';
import type { ChannelId } from '../../../protocol/host.ts';
import { quorumOf } from '../../../protocol/quorum.ts';
import { LONG_MIN, makeZxid as z } from '../../../protocol/zxid.ts';
import { configured, ScriptedHost } from '../scripted-host.ts';

const FIVE = { participants: [1, 2, 3, 4, 5] };

/** An election by itself; every other server has a link to it, on the channel of its own id times 1000. */
class Bench {
  readonly host = new ScriptedHost();
  readonly elected: Vote[] = [];
  readonly election: Election;
  readonly links = new Map<number, ChannelId>();
  readonly config: EnsembleConfig;

  constructor(id: number, own: { zxid: number; peerEpoch: number }, changes: Partial<EnsembleConfig> = {}) {
    this.config = configured({ ...FIVE, finalizeWait: 200, minNotificationInterval: 200, ...changes });
    this.election = new Election(this.host, id, this.config, quorumOf(this.config), electionRules, {
      initialVote: () => own,
      onElected: (vote) => this.elected.push(vote),
    });
    const { election } = this;
    const nothing = () => {};
    this.host.actor = {
      start: nothing,
      onTimer: (name, arg) => election.onTimer(name, arg),
      onStep: (name) => election.onStep(name),
      onAccept: (channel) => election.onAccept(channel),
      onConnected: (channel) => election.onConnected(channel),
      onMessage: (channel, message) => election.onMessage(channel, message),
      onClosed: (channel) => election.onClosed(channel),
      onDrained: (channel) => election.onDrained(channel),
      onDurable: nothing,
      onStoreFailed: nothing,
    };
    for (const other of [...this.config.participants, ...this.config.observers]) {
      if (other > id) {
        const channel = this.host.accept('election');
        this.host.receive(channel, { kind: 'electionHello', sid: other } as never);
        this.links.set(other, channel);
      }
    }
    // Those below are dialled when something is first sent to them.
  }

  look(): this {
    this.election.lookForLeader();
    for (const { channel, address } of this.host.dialled) {
      if (this.links.has(address.server)) continue;
      this.links.set(address.server, channel);
      this.election.onConnected(channel);
    }
    return this;
  }

  /** A notification arrives and is taken from the queue. */
  hear(from: number, message: Partial<Notification>): this {
    const channel = this.links.get(from);
    if (channel === undefined) throw new Error(`no link to ${from}`);
    const whole: Notification = {
      kind: 'notification',
      leader: from,
      zxid: 0,
      electionEpoch: 1,
      peerEpoch: 0,
      state: 'LOOKING',
      ...message,
    };
    this.host.receive(channel, whole);
    this.host.runSteps();
    return this;
  }

  /** Notifications to a server since the last call of {@link forget}. */
  told(to: number): Notification[] {
    return this.host.messages(this.links.get(to)).filter((m) => m.kind === 'notification') as Notification[];
  }

  forget(): this {
    this.host.sent.length = 0;
    return this;
  }

  get proposal() {
    const { leader, zxid, peerEpoch, round } = this.host.reported('voted').at(-1) ?? { round: 0 };
    return { leader, zxid, peerEpoch, round };
  }
}

const HIGH = { zxid: z(1, 9), peerEpoch: 1 };

describe('FLE-1 a vote beats another by peerEpoch, zxid, id in that order', () => {
  const quorum = quorumOf({ participants: [1, 2, 3], quorum: { weights: { '3': 0 } } });
  const vote = (peerEpoch: number, zxid: number, leader: number): Vote => ({
    leader,
    zxid,
    electionEpoch: 1,
    peerEpoch,
  });

  it.each([
    ['a higher peerEpoch beats a higher zxid', vote(2, z(1, 1), 1), vote(1, z(1, 9), 2), true],
    ['a lower peerEpoch does not win by zxid', vote(1, z(1, 9), 2), vote(2, z(1, 1), 1), false],
    ['a higher zxid beats a higher id', vote(1, z(1, 2), 1), vote(1, z(1, 1), 2), true],
    ['a lower zxid does not win by id', vote(1, z(1, 1), 2), vote(1, z(1, 2), 1), false],
    ['a higher id decides between equals', vote(1, z(1, 1), 2), vote(1, z(1, 1), 1), true],
    ['a vote does not beat itself', vote(1, z(1, 1), 1), vote(1, z(1, 1), 1), false],
    ['a candidate of weight 0 beats none', vote(9, z(9, 9), 3), vote(1, z(1, 1), 1), false],
  ])('%s', (_, candidate, current, wins) => {
    expect(electionRules.supersedes(candidate, current, quorum)).toBe(wins);
  });

  it('peerEpoch is the candidate’s currentEpoch, not the epoch of its zxid', () => {
    const bench = new Bench(3, { zxid: z(4, 7), peerEpoch: 6 }).look();
    expect(bench.told(5)[0]).toMatchObject({ leader: 3, zxid: z(4, 7), peerEpoch: 6 });
  });
});

describe('FLE-2 a round begins with a vote for itself to every voter', () => {
  it('the clock goes up by one each time', () => {
    const bench = new Bench(3, HIGH).look();
    for (const other of [1, 2, 4, 5]) {
      expect(bench.told(other)).toEqual([
        { kind: 'notification', leader: 3, ...HIGH, electionEpoch: 1, state: 'LOOKING' },
      ]);
    }
    bench.forget().election.lookForLeader();
    expect(bench.told(5)).toMatchObject([{ leader: 3, electionEpoch: 2 }]);
  });

  it('its own vote counts only once it has come back through the receive queue', () => {
    const bench = new Bench(3, HIGH, { participants: [3] }).look();
    expect(bench.host.reported('voted')).toHaveLength(1);
    // Nothing has been taken from the queue before this wait ends; the finalize wait begins only then.
    bench.host.advance(200);
    expect(bench.elected).toEqual([]);
    bench.host.advance(200);
    expect(bench.elected).toMatchObject([{ leader: 3 }]);
  });

  it('an observer’s own vote never wins', () => {
    const bench = new Bench(6, HIGH, { observers: [6] }).look();
    expect(bench.proposal).toMatchObject({ leader: LONG_MIN, zxid: LONG_MIN, peerEpoch: LONG_MIN });
    bench.hear(1, { zxid: 0 });
    expect(bench.proposal).toMatchObject({ leader: 1, zxid: 0 });
  });
});

describe('FLE-3 silence', () => {
  it('sends again to all while some queue is empty, waiting twice as long each time up to the limit', () => {
    const bench = new Bench(3, HIGH, { maxNotificationInterval: 700 }).look();
    bench.host.runSteps();
    const times: number[] = [];
    for (let t = 0; t < 2600; t += 10) {
      bench.forget().host.advance(10);
      if (bench.told(5).length > 0) times.push(bench.host.time);
    }
    expect(times).toEqual([200, 600, 1300, 2000]);
  });

  it('tries to connect where every queue is full', () => {
    const bench = new Bench(3, HIGH);
    bench.election.lookForLeader();
    for (const [server, channel] of bench.links) {
      bench.election.onClosed(channel);
      bench.links.delete(server);
    }
    // The links took the first vote; these wait.
    bench.election.lookForLeader();
    bench.host.runSteps();
    for (const { channel } of bench.host.dialled) bench.election.onClosed(channel);
    bench.forget().host.dialled.length = 0;
    bench.host.advance(200);
    expect(bench.host.dialled.map(({ address }) => address.server)).toEqual([1, 2, 4, 5]);
    expect(bench.host.sent).toEqual([]);
  });
});

describe('FLE-4 votes of other rounds', () => {
  it('a later round is joined with the better of its vote and the own initial one', () => {
    const bench = new Bench(3, HIGH).look();
    bench.hear(5, { leader: 5, zxid: z(1, 20), peerEpoch: 1 });
    expect(bench.proposal).toMatchObject({ leader: 5, round: 1 });
    bench.forget().hear(4, { leader: 2, zxid: z(1, 3), peerEpoch: 1, electionEpoch: 7 });
    // Not the better proposal of the round before.
    expect(bench.proposal).toEqual({ leader: 3, ...HIGH, round: 7 });
    expect(bench.told(1)).toMatchObject([{ leader: 3, electionEpoch: 7 }]);
    bench.hear(1, { leader: 4, zxid: z(1, 30), peerEpoch: 1, electionEpoch: 9 });
    expect(bench.proposal).toEqual({ leader: 4, zxid: z(1, 30), peerEpoch: 1, round: 9 });
  });

  it('the votes so far are forgotten', () => {
    const vote = { leader: 5, zxid: z(1, 20), peerEpoch: 1 };
    const bench = new Bench(3, HIGH).look();
    bench.hear(5, vote).hear(4, { ...vote, electionEpoch: 2 });
    bench.host.advance(150);
    expect(bench.elected).toEqual([]);
    // 4 and 3 have voted in round 2: with a vote of round 1 they would be three.
    bench.host.advance(1000);
    expect(bench.elected).toEqual([]);
    bench.hear(5, { ...vote, electionEpoch: 2 });
    bench.host.advance(1000);
    expect(bench.elected).toMatchObject([{ leader: 5, electionEpoch: 2 }]);
  });

  it('a vote of an earlier round is ignored', () => {
    const bench = new Bench(3, HIGH).look();
    bench.election.lookForLeader();
    bench.host.runSteps();
    bench.hear(5, { zxid: z(1, 20), peerEpoch: 1, electionEpoch: 1 });
    expect(bench.proposal).toMatchObject({ leader: 3, round: 2 });
  });
});

describe('FLE-5 votes that do not count', () => {
  it('a vote for a server that is no voter', () => {
    const bench = new Bench(3, HIGH, { observers: [6] }).look();
    bench.hear(5, { leader: 6, zxid: z(1, 50), peerEpoch: 9 });
    expect(bench.proposal.leader).toBe(3);
  });

  it('an observer is not made leader by votes for it', () => {
    const bench = new Bench(6, HIGH, { observers: [6] }).look();
    for (const from of [1, 2, 3]) bench.hear(from, { leader: 6, state: 'FOLLOWING' });
    expect(bench.elected).toEqual([]);
  });

  it('a vote with zxid −1', () => {
    const bench = new Bench(3, HIGH).look();
    bench.hear(5, { leader: 5, zxid: -1, peerEpoch: 9 });
    expect(bench.proposal.leader).toBe(3);
  });

  it('any vote, where the own zxid is −1', () => {
    const bench = new Bench(3, { zxid: -1, peerEpoch: 0 }).look();
    bench.hear(5, { leader: 5, zxid: z(1, 1), peerEpoch: 9 });
    expect(bench.proposal.leader).toBe(3);
  });
});

describe('FLE-6 the finalize wait', () => {
  const vote = { leader: 3, ...HIGH };
  const agreed = () => {
    const bench = new Bench(3, HIGH).look();
    bench.host.runSteps();
    return bench.hear(1, vote).hear(2, vote);
  };

  it('silence decides', () => {
    const bench = agreed();
    bench.host.advance(199);
    expect(bench.elected).toEqual([]);
    bench.host.advance(1);
    expect(bench.elected).toEqual([{ ...vote, electionEpoch: 1 }]);
  });

  it('a better vote ends it and is considered', () => {
    const bench = agreed().hear(5, { leader: 5, zxid: z(1, 20), peerEpoch: 1 });
    expect(bench.proposal.leader).toBe(5);
    bench.host.advance(2000);
    expect(bench.elected).toEqual([]);
  });

  it('any other is thrown away and the wait starts anew', () => {
    const bench = agreed();
    bench.host.advance(150);
    bench.hear(4, { leader: 4, zxid: 0, electionEpoch: 9 });
    bench.host.advance(150);
    expect(bench.elected).toEqual([]);
    bench.host.advance(50);
    expect(bench.elected).toEqual([{ ...vote, electionEpoch: 1 }]);
  });
});

describe('FLE-7 a looking server of an earlier round', () => {
  it('is told the proposal', () => {
    const bench = new Bench(3, HIGH).look();
    bench.election.lookForLeader();
    bench.forget().hear(5, { electionEpoch: 1 });
    expect(bench.told(5)).toEqual([
      { kind: 'notification', leader: 3, ...HIGH, electionEpoch: 2, state: 'LOOKING' },
    ]);
    bench.forget().hear(4, { electionEpoch: 2 });
    expect(bench.told(4)).toEqual([]);
  });
});

describe('FLE-8 a server that is no voter', () => {
  it('is answered at once with the standing vote and never counted', () => {
    const bench = new Bench(3, HIGH, { participants: [1, 2, 3], observers: [6] }).look();
    bench.host.runSteps();
    bench.forget();
    const vote = { leader: 3, ...HIGH };
    bench.host.receive(
      bench.links.get(6) as number,
      {
        kind: 'notification',
        ...vote,
        electionEpoch: 1,
        state: 'LOOKING',
      } as never,
    );
    expect(bench.told(6)).toMatchObject([{ leader: 3, state: 'LOOKING', electionEpoch: 1 }]);
    bench.host.runSteps();
    bench.host.advance(1000);
    expect(bench.elected).toEqual([]);
    bench.hear(1, vote);
    bench.host.advance(1000);
    expect(bench.elected).toHaveLength(1);
    bench.forget().hear(6, { leader: LONG_MIN, zxid: LONG_MIN, state: 'OBSERVING' });
    expect(bench.told(6)).toMatchObject([{ leader: 3, state: 'LEADING', electionEpoch: 1 }]);
  });
});

/** Server 3, which leads by the votes of 1 and 2 in round 1. */
function decided(): Bench {
  const vote = { leader: 3, ...HIGH };
  const bench = new Bench(3, HIGH).look().hear(1, vote).hear(2, vote);
  bench.host.advance(200);
  return bench.forget();
}

describe('FLE-9 a server that has decided', () => {
  it('answers looking servers with the vote it stands by and its state', () => {
    const bench = decided().hear(5, { electionEpoch: 8 });
    expect(bench.told(5)).toEqual([
      { kind: 'notification', leader: 3, ...HIGH, electionEpoch: 1, state: 'LEADING' },
    ]);
    bench.forget().hear(4, { state: 'FOLLOWING' });
    expect(bench.told(4)).toEqual([]);
  });
});

describe('FLE-14 after synchronization', () => {
  it('the standing vote carries the new epoch; zxid and round stay', () => {
    const bench = decided();
    bench.election.updateVote(2);
    expect(bench.election.currentVote).toEqual({
      leader: 3,
      zxid: HIGH.zxid,
      electionEpoch: 1,
      peerEpoch: 2,
    });
    bench.hear(5, { electionEpoch: 8 });
    expect(bench.told(5)).toMatchObject([{ zxid: HIGH.zxid, electionEpoch: 1, peerEpoch: 2 }]);
  });
});

describe('FLE-11 the receive queue', () => {
  it('holds 100; the oldest is dropped', () => {
    const hundred = (last: number) => {
      const bench = new Bench(3, HIGH).look();
      bench.host.runSteps();
      const send = (message: object) =>
        bench.host.receive(
          bench.links.get(5) as number,
          {
            kind: 'notification',
            state: 'LOOKING',
            electionEpoch: 1,
            leader: 5,
            zxid: 0,
            peerEpoch: 0,
            ...message,
          } as never,
        );
      send({ zxid: z(1, 99), peerEpoch: 5 });
      for (let i = 0; i < last; i++) send({});
      bench.host.runSteps();
      return bench.proposal.leader;
    };
    expect(hundred(99)).toBe(5);
    expect(hundred(100)).toBe(3);
  });
});

describe('FLE-13 a leader is joined', () => {
  const stands = { leader: 5, zxid: z(1, 4), peerEpoch: 2, electionEpoch: 6 };

  it('when a quorum of decided servers names it and it says itself that it leads; its round is taken over', () => {
    const bench = new Bench(3, HIGH).look();
    bench.hear(1, { ...stands, state: 'FOLLOWING' }).hear(2, { ...stands, state: 'FOLLOWING' });
    expect(bench.elected).toEqual([]);
    bench.hear(4, { ...stands, state: 'FOLLOWING' });
    // A quorum, but the leader itself has not been heard.
    expect(bench.elected).toEqual([]);
    bench.hear(5, { ...stands, state: 'LEADING' });
    expect(bench.elected).toEqual([stands]);
    expect(bench.host.reported('elected')[0]).toMatchObject({ round: 6, leader: 5 });
  });

  it('not on the word of looking servers of another round, nor of servers that only observe', () => {
    const bench = new Bench(3, HIGH).look();
    bench.hear(5, { ...stands, state: 'LEADING' }).hear(1, { ...stands, state: 'OBSERVING' });
    bench.hear(2, { ...stands, state: 'OBSERVING' });
    expect(bench.elected).toEqual([]);
  });

  it('votes for one leader in two epochs are not counted together', () => {
    const bench = new Bench(3, HIGH).look();
    bench.hear(5, { ...stands, state: 'LEADING' }).hear(1, { ...stands, state: 'FOLLOWING' });
    bench.hear(2, { ...stands, peerEpoch: 1, state: 'FOLLOWING' });
    expect(bench.elected).toEqual([]);
    bench.hear(4, { ...stands, zxid: 0, electionEpoch: 3, state: 'FOLLOWING' });
    expect(bench.elected).toMatchObject([{ leader: 5, peerEpoch: 2 }]);
  });

  it('in its own round together with looking servers', () => {
    const vote = { leader: 5, zxid: z(1, 20), peerEpoch: 1, electionEpoch: 1 };
    const bench = new Bench(3, HIGH).look().hear(1, vote);
    expect(bench.elected).toEqual([]);
    // 5 that leads, 1 that looks, and the own vote.
    bench.hear(5, { ...vote, state: 'LEADING' });
    expect(bench.elected).toEqual([vote]);
  });

  it('itself only where the rounds agree', () => {
    const past = { leader: 3, ...HIGH, electionEpoch: 4, state: 'FOLLOWING' as const };
    const bench = new Bench(3, HIGH).look().hear(1, past).hear(2, past).hear(4, past);
    expect(bench.elected).toEqual([]);
    const now = { ...past, electionEpoch: 1 };
    bench.hear(1, now).hear(2, now).hear(4, now);
    expect(bench.elected).toMatchObject([{ leader: 3, electionEpoch: 1 }]);
  });
});
