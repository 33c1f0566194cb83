// Faults that somebody causes by hand: to one message on its way, and what a client is made to ask for.
import { describe, expect, it } from 'vitest';
import { catalog, findScenario } from '../../scenarios/index.ts';
import { EventKind } from '../../sim/queue.ts';
import { Simulation, simulate } from '../../sim/simulation.ts';
import type { Fault, MessageName, RunSpec } from '../../sim/spec.ts';
import { TraceRecorder } from '../../sim/trace.ts';
import { parseRunSpec } from '../../sim/validate.ts';

const { run } = findScenario('leader-crash-after-quorum-logged')!;

function edited(faults: readonly Fault[]): RunSpec {
  return parseRunSpec({
    ...run,
    faults: [...run.faults, ...faults],
    end: { ...run.end, live: false },
    expectations: [],
  });
}

interface OnItsWay {
  readonly name: MessageName;
  readonly from: number;
  readonly to: number;
  readonly kind: string;
  /** Virtual ms. */
  readonly arrives: number;
  /** How many more there are in its stream, before and behind it. */
  readonly others: number;
}

/** The first event after which a message of a kind is on its way with others in its stream, and that message. */
function find(kind: string, others: number): { event: number; message: OnItsWay } {
  const simulation = new Simulation(run, catalog);
  while (simulation.step()) {
    const { heap } = simulation.world.queue;
    for (const { kind: what, message, end, id, lane, time } of heap) {
      if (what !== EventKind.MESSAGE || message?.kind !== kind || end === null) continue;
      const beside =
        heap.filter((event) => event.lane === lane && event.kind === EventKind.MESSAGE).length - 1;
      if (beside < others) continue;
      return {
        event: simulation.events,
        message: {
          name: { channel: end.channel, dialler: end.peer.dialler, ordinal: id },
          from: end.peer.machine.id,
          to: end.machine.id,
          kind,
          arrives: time / 1000,
          others: beside,
        },
      };
    }
  }
  throw new Error(`no ${kind} was on its way with ${others} others`);
}

function trace(spec: RunSpec): TraceRecorder {
  const recorder = new TraceRecorder();
  new Simulation(spec, catalog, { listener: recorder }).run();
  return recorder;
}

/** When messages of a channel reached a machine after an event: kind and ms. */
function arrivals({ entries }: TraceRecorder, { name, to }: OnItsWay, after: number): [string, number][] {
  return entries
    .filter(
      ({ kind, channel, owner, index }) =>
        kind === 'message' && channel === name.channel && owner === to && index > after,
    )
    .map((entry) => [entry.name, entry.time]);
}

describe('a message on its way', () => {
  it('dropped takes its stream with it: nothing more arrives on that channel, and the run goes on', () => {
    const { event, message } = find('PROPOSAL', 1);
    const fault: Fault = { afterEvent: event, kind: 'messageDrop', message: message.name };
    const recorder = trace(edited([fault]));
    const before = arrivals(trace(run), message, event).length;
    const after = arrivals(recorder, message, event).length;
    expect(before).toBeGreaterThan(message.others);
    expect(after).toBeLessThanOrEqual(message.others);
    const lost = recorder.entries[event - 1]!.probes.find(({ kind }) => kind === 'dropped');
    expect(lost).toMatchObject({ server: message.from, to: message.to, message: 'PROPOSAL', single: false });
    const { verdicts, violations } = simulate(edited([fault]), catalog);
    expect(violations).toEqual([]);
    expect(verdicts['LIVE-ELECTS']).toBe('unchecked');
  });

  it('delayed keeps its place in the stream', () => {
    const { event, message } = find('PROPOSAL', 2);
    const fault: Fault = { afterEvent: event, kind: 'messageDelay', message: message.name, by: 50 };
    const times = arrivals(trace(edited([fault])), message, event).slice(0, message.others + 1);
    const kinds = arrivals(trace(run), message, event).slice(0, message.others + 1);
    expect(times.map(([kind]) => kind)).toEqual(kinds.map(([kind]) => kind));
    expect(times.at(-1)![1]).toBeCloseTo(message.arrives + 50, 6);
  });

  it('delivered comes at once, behind what was before it', () => {
    const { event, message } = find('PROPOSAL', 2);
    const fault: Fault = { afterEvent: event, kind: 'messageDeliver', message: message.name };
    const recorder = trace(edited([fault]));
    const now = recorder.entries[event - 1]!.time;
    const [first] = arrivals(trace(run), message, event);
    const times = arrivals(recorder, message, event);
    expect(times[0]![0]).toBe(first![0]);
    expect(times[0]![1]).toBe(now);
    expect(recorder.entries[event]!.owner).toBe(message.to);
  });

  it('that is none changes nothing but that a fault struck', () => {
    const name = { channel: 9999, dialler: true, ordinal: 3 };
    for (const kind of ['messageDrop', 'messageDeliver'] as const) {
      const spec = edited([{ afterEvent: 500, kind, message: name }]);
      expect(trace(spec).entries.length).toBe(trace(run).entries.length);
      expect(simulate(spec, catalog).lastZxid).toBe(simulate(run, catalog).lastZxid);
    }
  });
});

describe('a client made to ask for something', () => {
  it('gets its answer beside its program, and the node is there', () => {
    const request = { op: 'create', path: '/by-hand', data: 'x' };
    const fault: Fault = { at: 6000, kind: 'clientRequest', client: 1, request };
    const recorder = trace(edited([fault]));
    const probes = recorder.entries.flatMap((entry) => entry.probes);
    const asked = probes.find((probe) => probe.kind === 'invoked' && probe.path === '/by-hand');
    expect(asked).toMatchObject({ client: 1001 });
    const { ticket } = asked as Extract<typeof asked, { kind: 'invoked' }>;
    const answers = probes.filter(
      (probe) => probe.kind === 'answered' && probe.client === 1001 && probe.ticket === ticket,
    );
    expect(answers).toHaveLength(1);
    const { violations, expectations } = simulate(
      {
        ...edited([fault]),
        expectations: [{ text: 'it is there', end: { exists: ['/by-hand'] } }],
      },
      catalog,
    );
    expect(violations).toEqual([]);
    expect(expectations).toEqual([{ text: 'it is there', holds: true }]);
  });

  it.each(['herd-effect', 'kafka-controller-epoch', 'stale-read-and-sync'])('whatever it runs: %s', (id) => {
    const scenario = findScenario(id)!.run;
    const fault: Fault = {
      at: 2500,
      kind: 'clientRequest',
      client: 2,
      request: { op: 'children', path: '/', watch: true },
    };
    const spec: RunSpec = { ...scenario, faults: [...scenario.faults, fault], expectations: [] };
    const asked = trace(spec)
      .entries.flatMap(({ probes }) => probes)
      .find((probe) => probe.kind === 'invoked' && probe.path === '/' && probe.client === 1002);
    expect(asked).toMatchObject({ request: { watch: true } });
    expect(simulate(spec, catalog).violations).toEqual([]);
  });

  it.each([
    [{ op: 'fly', path: '/a' }, /request\.op/],
    [{ op: 'create' }, /request\.path/],
    [{ op: 'multi', ops: [{ op: 'set' }] }, /request\.ops\[0\]\.path/],
    [{ op: 'get', path: '/a', hops: 3 }, /hops/],
  ])('a wrong request is answered with its name: %j', (request, message) => {
    expect(() => edited([{ at: 1, kind: 'clientRequest', client: 1, request }])).toThrow(message);
  });
});
