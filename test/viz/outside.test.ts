import { describe, expect, it } from 'vitest';
import { OPEN_ACL_UNSAFE } from '../../protocol/tree/index.ts';
import { NO_SESSION, OpCode } from '../../protocol/txn.ts';
import { base64 } from '../../protocol/wire/base64.ts';
import { ClientEnd } from '../../protocol/wire/client-end.ts';
import { catalog } from '../../scenarios/index.ts';
import { Simulation, simulate } from '../../sim/simulation.ts';
import { type Outside, type OutsideInput, RUN_FORMAT, type RunSpec } from '../../sim/spec.ts';
import { sitting } from './sitting.ts';

/** A session as `zab-lab serve` saves it: one client connects, creates a node and leaves, another says nothing. */
function served(): RunSpec {
  const run: RunSpec = {
    format: RUN_FORMAT,
    seed: 5,
    ensemble: { participants: 3 },
    world: { network: { latency: { uniform: [0.1, 2] } } },
    clients: [],
    faults: [],
    end: { at: 1e12, maxEvents: 1e12 },
    expectations: [],
  };
  const live = new Simulation(run, catalog);
  const inputs: OutsideInput[] = [];
  const give = (time: number, outside: Outside, bytes: Uint8Array | null = null): void => {
    live.runUntil(time, 1e9);
    const input = live.input(time, outside, bytes)!;
    inputs.push(input.kind === 'bytes' ? { ...input, bytes: base64(bytes!) } : input);
  };
  const client = new ClientEnd();
  const session = { lastZxidSeen: 0, timeout: 4000, session: NO_SESSION, passwd: '', readOnly: false };
  const create = { type: OpCode.create, path: '/outside', data: null, acl: OPEN_ACL_UNSAFE, flags: 0 };
  const say = (time: number, message: object): void =>
    give(time, { kind: 'bytes', connection: 1, bytes: '' }, client.encode(message as never));
  give(3000, { kind: 'open', connection: 1, server: 1, address: '127.0.0.1', port: 4000 });
  say(3001, { kind: 'connect', ...session });
  say(3200, { kind: 'request', cxid: 1, op: create });
  give(3300, { kind: 'open', connection: 2, server: 2, address: '127.0.0.1', port: 4001 });
  give(3600, { kind: 'close', connection: 1 });
  live.runUntil(5000, 1e9);
  const { events } = live.result();
  return { ...run, outside: inputs, end: { at: live.now, maxEvents: events } };
}

describe('a session that was served to real clients', () => {
  it('opens in the lab as the same run, which can be gone to and fro in, broken and shared', async () => {
    const run = served();
    const { traceHash } = simulate(run, catalog);
    const lab = await sitting();
    await lab.ask({ kind: 'file', text: JSON.stringify(run) });
    lab.record();
    expect(lab.last('progress')).toMatchObject({ complete: true, traceHash });
    await lab.ask({ kind: 'seek', event: 1e9 });
    await lab.ask({ kind: 'tree', server: 1, other: 0 });
    expect(lab.last('tree').rows.map(({ path }) => path)).toContain('/outside');

    await lab.ask({ kind: 'rows', from: 1, count: lab.frame.event });
    const from = lab.last('rows').rows.filter(({ text }) => text.includes('from outside'));
    expect(from.map(({ text }) => text.split(' · ')[0])).toEqual(
      expect.arrayContaining([
        'a client connects from outside',
        'gets bytes from outside',
        'a client closes its connection from outside',
      ]),
    );
    // To and fro, through snapshots.
    for (const { event, text } of [...from, ...from.toReversed()]) {
      await lab.ask({ kind: 'seek', event });
      expect(text.startsWith(lab.frame.step!.text)).toBe(true);
    }
    await lab.ask({ kind: 'seek', event: from[0]!.event });
    await lab.act({ kind: 'crash', server: 1 });
    lab.record();
    await lab.ask({ kind: 'share' });
    const broken = JSON.parse(lab.last('shared').file) as RunSpec;
    expect(broken.outside).toEqual(run.outside);
    expect(lab.last('progress').traceHash).toBe(simulate(broken, catalog).traceHash);
    const again = (await sitting(lab.last('shared').fragment)).record();
    expect(again.last('progress').traceHash).toBe(lab.last('progress').traceHash);
  });
});
