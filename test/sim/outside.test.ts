import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { OPEN_ACL_UNSAFE } from '../../protocol/tree/index.ts';
import { NO_SESSION, OpCode } from '../../protocol/txn.ts';
import { base64, isBase64, unbase64 } from '../../protocol/wire/base64.ts';
import { ClientEnd } from '../../protocol/wire/client-end.ts';
import { catalog } from '../../scenarios/catalog.ts';
import type { Outlet } from '../../sim/outlet.ts';
import { Simulation, simulate } from '../../sim/simulation.ts';
import { type Mishap, type Outside, type OutsideInput, RUN_FORMAT, type RunSpec } from '../../sim/spec.ts';
import { parseRunSpec } from '../../sim/validate.ts';

const empty: RunSpec = {
  format: RUN_FORMAT,
  seed: 5,
  ensemble: { participants: 3, tickTime: 100, maxClientCnxns: 3, sessionlessTimeout: 500 },
  world: { network: { latency: { uniform: [0.1, 2] } }, disk: { flush: 0.5 } },
  clients: [],
  faults: [],
  end: { at: 1e12, maxEvents: 1e12 },
  expectations: [],
};

/** What somebody outside does next, and how long after the last. */
type Step =
  | { readonly do: 'open'; readonly server: number; readonly silent: boolean }
  | {
      readonly do: 'connect' | 'write' | 'read' | 'word' | 'noise' | 'leave' | 'vanish';
      readonly who: number;
    }
  | { readonly do: 'fault'; readonly fault: Mishap };

const server = fc.integer({ min: 1, max: 3 });
const step: fc.Arbitrary<{ readonly after: number; readonly step: Step }> = fc.record({
  after: fc.oneof(
    fc.constant(0),
    fc.double({ min: 0, max: 3, noNaN: true }),
    fc.integer({ min: 0, max: 400 }),
  ),
  step: fc.oneof(
    { weight: 4, arbitrary: fc.record({ do: fc.constant('open' as const), server, silent: fc.boolean() }) },
    {
      weight: 10,
      arbitrary: fc.record({
        do: fc.constantFrom(
          ...([
            'write',
            'write',
            'write',
            'write',
            'read',
            'read',
            'word',
            'noise',
            'leave',
            'vanish',
          ] as const),
        ),
        who: fc.nat(5),
      }),
    },
    {
      weight: 1,
      arbitrary: fc.record({
        do: fc.constant('fault' as const),
        fault: fc.oneof(
          fc.record({
            kind: fc.constantFrom('crash' as const, 'restart' as const, 'powerLoss' as const),
            server,
          }),
          fc.record({ kind: fc.constant('pause' as const), server, for: fc.integer({ min: 1, max: 300 }) }),
          fc.constant({ kind: 'isolate', server: 'leader' } as const),
          fc.constant({ kind: 'swizzle', servers: [1, 2, 3], step: 20 } as const),
          fc.constant({ kind: 'heal' } as const),
          fc.constant({ kind: 'restart', server: 'all' } as const),
        ),
      }),
    },
  ),
});

/** Keeps what goes out, as text. */
class Ears implements Outlet {
  readonly said: string[] = [];
  bytes(connection: number, bytes: Uint8Array): void {
    this.said.push(`${connection}: ${base64(bytes)}`);
  }
  closed(connection: number, reason: string): void {
    this.said.push(`${connection} ${reason}`);
  }
  full(connection: number): void {
    this.said.push(`${connection} full`);
  }
  reading(connection: number, on: boolean): void {
    this.said.push(`${connection} ${on}`);
  }
}

/** Plays a session as the gateway does, time included, and gives the run that it was. */
function play(steps: readonly { readonly after: number; readonly step: Step }[]) {
  const outlet = new Ears();
  const live = new Simulation(empty, catalog, { outlet });
  const inputs: OutsideInput[] = [];
  const clients: ClientEnd[] = [];
  let time = 250;
  live.runUntil(time, 1e9);
  const give = (outside: Outside, bytes: Uint8Array | null = null): void => {
    const input = live.input(time, outside, bytes);
    if (input === null) return;
    inputs.push(input.kind === 'bytes' ? { ...input, bytes: base64(bytes!) } : input);
  };
  const say = (connection: number, bytes: Uint8Array): void =>
    give({ kind: 'bytes', connection, bytes: '' }, bytes);
  for (const { after, step } of steps) {
    time += after;
    // A turn may end anywhere.
    live.runUntil(time, 20 + ((after * 7919) % 400));
    if (step.do === 'fault') give({ kind: 'fault', fault: step.fault });
    else if (step.do === 'open') {
      const client = new ClientEnd();
      const connection = clients.push(client);
      give({ kind: 'open', connection, server: step.server, address: '127.0.0.1', port: 4000 });
      const session = { lastZxidSeen: 0, timeout: 400, session: NO_SESSION, passwd: '', readOnly: false };
      if (!step.silent) say(connection, client.encode({ kind: 'connect', ...session } as never));
    } else if (clients.length > 0) {
      const connection = 1 + (step.who % clients.length);
      const client = clients[connection - 1]!;
      const ask = (op: object): void =>
        say(connection, client.encode({ kind: 'request', cxid: connection, op } as never));
      if (step.do === 'write')
        ask({ type: OpCode.create, path: '/a-', data: null, acl: OPEN_ACL_UNSAFE, flags: 3 });
      else if (step.do === 'read') ask({ type: OpCode.getChildren, path: '/', watch: true });
      else if (step.do === 'word') say(connection, new TextEncoder().encode('isro'));
      else if (step.do === 'noise') say(connection, new Uint8Array([0, 0, 0, 9, 255, 255, 1, 2]));
      else if (step.do === 'leave') give({ kind: 'close', connection });
      else give({ kind: 'close', connection, reset: true });
    }
  }
  live.runUntil(time + 500, 1e9);
  const { traceHash, events } = live.result();
  const run: RunSpec = { ...empty, outside: inputs, end: { at: live.now, maxEvents: events } };
  return { traceHash, events, run, said: outlet.said };
}

describe('input from outside', () => {
  it('a session played with clients and faults is a run that comes to the same, through a snapshot too', () => {
    let spoke = 0;
    fc.assert(
      fc.property(fc.array(step, { minLength: 10, maxLength: 40 }), fc.nat(1000), (steps, share) => {
        const { traceHash, events, run, said } = play(steps);
        const spec = parseRunSpec(JSON.parse(JSON.stringify(run)));
        const outlet = new Ears();
        const whole = new Simulation(spec, catalog, { outlet }).run();
        expect(whole.result().events).toBe(events);
        expect(whole.result().traceHash).toBe(traceHash);
        expect(outlet.said).toEqual(said);
        const restored = new Simulation(spec, catalog).runTo(Math.floor((events * share) / 1000));
        const snapshot = restored.snapshot();
        restored.run();
        restored.restore(snapshot);
        expect(restored.run().result().traceHash).toBe(traceHash);
        if (said.some((line) => line.includes(':'))) spoke++;
      }),
      { numRuns: 16, seed: 7 },
    );
    expect(spoke).toBeGreaterThan(8);
  });

  it('a run goes on where an edit took away the events that an input was to follow', () => {
    const { run } = play([
      { after: 10, step: { do: 'open', server: 1, silent: false } },
      { after: 50, step: { do: 'write', who: 0 } },
    ]);
    const edited = { ...run, seed: 6, end: { at: 2000 } };
    expect(simulate(edited, catalog).verdicts['NO-CRASH']).toBe('holds');
  });

  it('is checked before it is believed', () => {
    const opened = { kind: 'open', after: 5, at: 1, connection: 1, server: 1, address: '127.0.0.1', port: 1 };
    const said = { kind: 'bytes', after: 6, at: 1, connection: 1, bytes: 'AAAA' };
    const parse = (...outside: object[]) => parseRunSpec({ ...empty, outside });
    expect(() => parse(opened, said)).not.toThrow();
    expect(() => parse(said)).toThrow('outside[0].connection: is 1, which was never opened');
    expect(() => parse(opened, opened)).toThrow('outside[1].connection: is 1, which is open');
    expect(() => parse(opened, { ...said, after: 4 })).toThrow('outside[1].after: is 4');
    expect(() => parse(opened, { ...said, bytes: 'AAA' })).toThrow('outside[1].bytes: is not base64');
    expect(() => parse({ ...opened, server: 4 })).toThrow('outside[0].server: is 4, which is no server here');
    expect(() => parse({ kind: 'shout', after: 1, at: 1 })).toThrow('outside[0].kind: is "shout"');
    const fault = { kind: 'fault', after: 1, at: 1 };
    expect(() => parse({ ...fault, fault: { kind: 'crash', server: 9 } })).toThrow(
      'outside[0].fault.server: is 9',
    );
    expect(() => parse({ ...fault, fault: { kind: 'crash', server: 1, at: 3 } })).toThrow(
      'outside[0].fault.at',
    );
  });

  it('base64 is read back to the bytes that it was made of', () => {
    fc.assert(
      fc.property(fc.uint8Array(), (bytes) => {
        expect(isBase64(base64(bytes))).toBe(true);
        expect(unbase64(base64(bytes))).toEqual(bytes);
      }),
      { seed: 1 },
    );
  });
});
