import { describe, expect, it } from 'vitest';
import { catalog } from '../../../scenarios/index.ts';
import { plan } from '../../../sim/fuzz/plan.ts';
import { type Listener, RUN_FORMAT, type RunSpec, type SimEvent, Simulation } from '../../../sim/index.ts';

const SEEDS = 100;

/** What one server has reported since it started. */
interface Life {
  accepted: number;
  current: number;
  logged: number;
  flushed: number;
  /** What synchronization changed and no flush or snapshot has covered yet. */
  dirty: boolean;
  /** The history was still dirty when currentEpoch became durable. */
  early: boolean;
}

/** Follows every server and notes each claim that an order contradicts. */
class Orders implements Listener {
  readonly broken: string[] = [];
  readonly counts: Record<string, number> = {};
  /** Highest epochs that were ever durable, by server. */
  readonly durable = new Map<number, { accepted: number; current: number }>();
  private readonly lives = new Map<number, Life>();

  onEvent(): void {}

  onProbe(event: SimEvent): void {
    const life = this.life(event.server);
    const durable = this.durable.get(event.server) ?? { accepted: 0, current: 0 };
    this.durable.set(event.server, durable);
    switch (event.kind) {
      case 'loaded':
        this.claim('LOG-3', event.acceptedEpoch >= durable.accepted && event.currentEpoch >= durable.current);
        life.accepted = event.acceptedEpoch;
        life.current = event.currentEpoch;
        break;
      case 'restarted':
      case 'crashed':
        this.lives.delete(event.server);
        break;
      case 'role':
        life.dirty = false;
        break;
      case 'acceptedEpoch':
        this.claim('LOG-3', event.epoch >= durable.accepted);
        life.accepted = event.epoch;
        durable.accepted = event.epoch;
        break;
      case 'currentEpoch':
        this.claim('LOG-3', event.epoch >= durable.current);
        life.early = life.dirty;
        life.current = event.epoch;
        durable.current = event.epoch;
        break;
      case 'epochAcked':
        this.claim('ZAB-3', (this.durable.get(event.leader)?.accepted ?? 0) >= event.epoch);
        this.claim('ZAB-4', life.accepted === event.epoch);
        break;
      case 'snapInstalled':
      case 'truncated':
        life.dirty = true;
        break;
      case 'snapshotTaken':
        life.dirty = false;
        break;
      case 'logged':
        life.logged = event.zxid;
        life.dirty = true;
        break;
      case 'flushed':
        life.flushed = event.zxid;
        if (event.zxid === life.logged) life.dirty = false;
        break;
      case 'newLeaderAcked':
        this.claim('ZAB-12', life.current === event.epoch && !life.dirty && !life.early);
        break;
      case 'acked':
        this.claim('ZAB-18', life.flushed >= event.zxid);
        break;
    }
  }

  private life(server: number): Life {
    let life = this.lives.get(server);
    if (life === undefined) {
      life = { accepted: 0, current: 0, logged: 0, flushed: 0, dirty: false, early: false };
      this.lives.set(server, life);
    }
    return life;
  }

  private claim(rule: string, holds: boolean): void {
    this.counts[rule] = (this.counts[rule] ?? 0) + 1;
    if (!holds) this.broken.push(rule);
  }
}

describe(`in ${SEEDS} drawn runs under faults`, () => {
  const counts: Record<string, number> = {};
  const broken = new Map<string, number>();
  for (let seed = 1; seed <= SEEDS; seed++) {
    const orders = new Orders();
    new Simulation(plan(seed), catalog, { listener: orders, hash: false }).run();
    for (const [rule, count] of Object.entries(orders.counts)) counts[rule] = (counts[rule] ?? 0) + count;
    for (const rule of orders.broken) broken.set(rule, broken.get(rule) ?? seed);
  }

  it.each([
    ['ZAB-3', 'no learner acknowledges an epoch that its leader has not made durable'],
    ['ZAB-4', 'a learner’s acceptedEpoch is durable before its ACKEPOCH'],
    ['ZAB-12', 'history, then currentEpoch, then the acknowledgement of NEWLEADER'],
    ['ZAB-18', 'nothing is acknowledged before its flush'],
    ['LOG-3', 'epochs survive every crash once durable and never decrease'],
  ])('%s %s', (rule) => {
    expect(broken.get(rule) ?? 'no seed').toBe('no seed');
    expect(counts[rule]).toBeGreaterThan(200);
  });
});

describe('FLE-13 a server that comes back', () => {
  it('joins the leader there is; nobody else begins a round', () => {
    const spec: RunSpec = {
      format: RUN_FORMAT,
      seed: 7,
      ensemble: { participants: 3, observers: 1, tickTime: 200 },
      world: {},
      clients: [{ program: { name: 'mix', params: { rate: 20 } } }],
      faults: [
        { at: 3000, kind: 'crash', server: 1 },
        { at: 5000, kind: 'restart', server: 1 },
      ],
      end: { at: 8000 },
      expectations: [],
    };
    const after: SimEvent[] = [];
    const simulation: Simulation = new Simulation(spec, catalog, {
      hash: false,
      listener: {
        onEvent: () => {},
        onProbe: (event) => {
          if (simulation.now >= 5000) after.push({ ...event });
        },
      },
    });
    const { leader } = simulation.run().result();
    expect(leader).toBe(3);
    const rounds = after.filter(({ kind }) => kind === 'round');
    expect(rounds.map(({ server }) => server)).toEqual([1]);
    expect(after).toContainEqual(
      expect.objectContaining({ kind: 'elected', server: 1, leader: 3, round: 1 }),
    );
    expect(after).toContainEqual(
      expect.objectContaining({ kind: 'serving', server: 1, leader: 3, epoch: 1 }),
    );
  });
});
