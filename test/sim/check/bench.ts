/** Feeds hand-made events to all monitors; the steps of a well-behaved ensemble come ready-made. */
import { DEFAULT_CONFIG, type EnsembleConfig } from '../../../protocol/config.ts';
import { makeZxid, type Zxid } from '../../../protocol/zxid.ts';
import { createMonitors } from '../../../sim/check/index.ts';
import type { Monitor } from '../../../sim/monitor.ts';
import { type EndSpec, RUN_FORMAT, type RunSpec } from '../../../sim/spec.ts';
import type { SimEvent } from '../../../sim/world-event.ts';
import { proposed } from './events.ts';

/** [epoch, counter]. */
export const z = makeZxid;

/** A transaction's digest, distinct per zxid. */
export const d = (zxid: Zxid): number => zxid % 1_000_003;

export class Bench {
  readonly config: EnsembleConfig;
  readonly violations: { property: string; text: string }[] = [];
  readonly monitors: Monitor[];
  time = 0;
  private events = 0;

  constructor(config: Partial<EnsembleConfig> = {}) {
    this.config = { ...DEFAULT_CONFIG, ...config };
    this.monitors = createMonitors({
      config: this.config,
      now: () => this.time,
      event: () => this.events,
      violate: (property, text) => this.violations.push({ property, text }),
    });
  }

  /** Properties violated so far, each once, sorted. */
  get violated(): string[] {
    return [...new Set(this.violations.map((violation) => violation.property))].sort();
  }

  feed(...events: SimEvent[]): this {
    for (const event of events) {
      this.events++;
      for (const monitor of this.monitors) if (monitor.kinds.includes(event.kind)) monitor.onProbe(event);
    }
    return this;
  }

  at(time: number): this {
    this.time = time;
    return this;
  }

  finish(end: Partial<EndSpec> = {}, running: readonly number[] = this.servers): this {
    const spec: RunSpec = {
      format: RUN_FORMAT,
      seed: 1,
      ensemble: { participants: this.config.participants.length },
      world: {},
      clients: [],
      faults: [],
      end: { at: this.time, ...end },
      expectations: [],
    };
    for (const monitor of this.monitors) monitor.finish?.({ spec, nowMs: this.time, running });
    return this;
  }

  checked(id: string): boolean {
    return this.monitors.find((monitor) => monitor.ids.includes(id))?.checked?.(id) ?? false;
  }

  get servers(): number[] {
    return [...this.config.participants, ...this.config.observers];
  }

  // --- steps of a correct run

  boot(zxid: Zxid = 0, epoch = 0, servers: readonly number[] = this.servers): this {
    for (const server of servers) {
      this.feed(
        { kind: 'restarted', server },
        { kind: 'loaded', server, zxid, snapshotZxid: 0, acceptedEpoch: epoch, currentEpoch: epoch },
      );
    }
    return this;
  }

  /** Election and epochs: `leader` opens `epoch` for `followers`, which already hold its history. */
  discover(leader: number, epoch: number, followers: readonly number[]): this {
    this.feed({ kind: 'role', server: leader, role: 'LEADING', leader, reason: '' });
    for (const server of followers)
      this.feed({ kind: 'role', server, role: 'FOLLOWING', leader, reason: '' });
    this.feed(
      { kind: 'acceptedEpoch', server: leader, epoch },
      { kind: 'currentEpoch', server: leader, epoch },
    );
    for (const server of followers) {
      this.feed(
        { kind: 'acceptedEpoch', server, epoch },
        { kind: 'newLeaderSent', server: leader, learner: server, epoch },
      );
    }
    return this;
  }

  ackNewLeader(leader: number, epoch: number, server: number, zxid: Zxid): this {
    return this.feed(
      { kind: 'currentEpoch', server, epoch },
      { kind: 'newLeaderAcked', server, leader, epoch, zxid },
    );
  }

  /** From discovery to UPTODATE, everybody standing at `zxid`. */
  lead(leader: number, epoch: number, followers: readonly number[], zxid: Zxid = 0): this {
    this.discover(leader, epoch, followers);
    for (const server of followers) this.ackNewLeader(leader, epoch, server, zxid);
    this.feed({ kind: 'established', server: leader, epoch, zxid: z(epoch, 0) });
    for (const server of followers) this.feed({ kind: 'serving', server, leader, epoch, zxid });
    return this;
  }

  propose(leader: number, ...zxids: Zxid[]): this {
    for (const zxid of zxids) this.feed(proposed(leader, zxid, d(zxid)));
    return this;
  }

  log(server: number, ...zxids: Zxid[]): this {
    for (const zxid of zxids) this.feed({ kind: 'logged', server, zxid, digest: d(zxid) });
    return this;
  }

  flush(server: number, zxid: Zxid): this {
    return this.feed({ kind: 'flushed', server, zxid });
  }

  ack(server: number, leader: number, zxid: Zxid): this {
    return this.feed({ kind: 'acked', server, leader, zxid });
  }

  commit(leader: number, zxid: Zxid): this {
    return this.feed({ kind: 'committed', server: leader, zxid });
  }

  deliver(server: number, ...zxids: Zxid[]): this {
    for (const zxid of zxids) this.apply(server, zxid, true);
    return this;
  }

  apply(server: number, zxid: Zxid, delivered: boolean, digest = d(zxid), txnDigest = d(zxid)): this {
    return this.feed({ kind: 'applied', server, zxid, delivered, digest, txnDigest });
  }

  crash(...servers: number[]): this {
    for (const server of servers) this.feed({ kind: 'crashed', server, power: false });
    return this;
  }

  /** One write, all the way on `servers` (the leader among them). */
  write(leader: number, zxid: Zxid, servers: readonly number[]): this {
    this.propose(leader, zxid);
    for (const server of servers) this.log(server, zxid).flush(server, zxid).ack(server, leader, zxid);
    this.commit(leader, zxid);
    for (const server of servers) this.deliver(server, zxid);
    return this;
  }
}
