import { describe, expect, it } from 'vitest';
import { fullCatalog } from '../../scenarios/full-catalog.ts';
import { catalog, findScenario } from '../../scenarios/index.ts';
import { simulate } from '../../sim/simulation.ts';
import type { RunSpec } from '../../sim/spec.ts';
import type { Frame } from '../../viz/model/frame.ts';
import type { SharedReply } from '../../viz/model/messages.ts';
import { fromFragment, toFragment } from '../../viz/model/share.ts';
import { STANDARD, sitting } from './sitting.ts';

function traceHash(run: unknown): string {
  return simulate(run as RunSpec, catalog).traceHash;
}

describe('a sitting at the lab', () => {
  it('shows the default scenario before anything is recorded, and its trace hash is that of the command line', async () => {
    const lab = await sitting();
    expect(lab.frame).toMatchObject({ event: 0, time: 0, over: false });
    lab.record();
    expect(lab.last('progress')).toMatchObject({
      complete: true,
      traceHash: traceHash(findScenario(STANDARD)!.run),
    });
  });

  it('steps back to exactly what was there before', async () => {
    const lab = (await sitting()).record();
    const frames: Frame[] = [];
    for (const event of [700, 701, 702]) {
      await lab.ask({ kind: 'seek', event });
      frames.push(lab.frame);
    }
    await lab.ask({ kind: 'seek', event: 12_000 });
    for (const event of [702, 701, 700]) {
      await lab.ask({ kind: 'seek', event });
      expect(lab.frame).toEqual(frames[event - 700]);
    }
  });

  it('acts on the run as it is seen: the original stays, the branch is the same up to the act', async () => {
    const lab = (await sitting()).record();
    await lab.ask({ kind: 'seek', event: 900 });
    const before = lab.frame;
    const leader = before.servers.find(({ established }) => established)!.id;
    await lab.act({ kind: 'crash', server: leader });
    expect(lab.frame.event).toBe(900);
    expect(lab.frame.servers.find(({ id }) => id === leader)!.life).toBe('down');
    expect(lab.opened.lines.map(({ name, edits }) => [name, edits])).toEqual([
      ['original', []],
      ['A', [{ text: `kill server ${leader}`, event: 900 }]],
    ]);
    await lab.ask({ kind: 'seek', event: 899 });
    const branch = lab.frame;
    await lab.ask({ kind: 'choose', line: 0 });
    // What the author expects is expected of the original only.
    expect({ ...lab.frame, expectations: [] }).toEqual(branch);
    await lab.ask({ kind: 'seek', event: 900 });
    expect(lab.frame).toEqual(before);
  });

  it('a branch made from snapshots of another has the trace hash of a run from the beginning', async () => {
    const lab = (await sitting()).record();
    await lab.ask({ kind: 'seek', event: 5000 });
    await lab.act({ kind: 'pause', server: 2, for: 700 });
    await lab.ask({ kind: 'seek', event: 5600 });
    await lab.act({ kind: 'cut', from: 1, to: 3, both: true });
    lab.record();
    await lab.ask({ kind: 'share' });
    const { file } = lab.last('shared') as SharedReply;
    expect(lab.last('progress').traceHash).toBe(traceHash(JSON.parse(file)));
  });

  it('acting before an edit makes another branch, and where the traces part is where the earlier act is', async () => {
    const lab = (await sitting()).record();
    await lab.ask({ kind: 'seek', event: 3000 });
    await lab.act({ kind: 'crash', server: 1 });
    lab.record();
    await lab.ask({ kind: 'seek', event: 2000 });
    await lab.act({ kind: 'crash', server: 2 });
    lab.record();
    expect(lab.opened.current).toBe(2);
    expect(lab.opened.lines.map(({ name, parts }) => [name, parts])).toEqual([
      ['original', 2000],
      ['A', 2000],
      ['B', null],
    ]);
  });

  it('undo takes back the last act, redo does it again', async () => {
    const lab = (await sitting()).record();
    await lab.ask({ kind: 'seek', event: 800 });
    await lab.act({ kind: 'isolate', server: 3 });
    const broken = lab.frame;
    await lab.ask({ kind: 'undo' });
    expect(lab.frame.links).toEqual([]);
    expect(lab.opened).toMatchObject({ current: 0, undo: false, redo: true });
    await lab.ask({ kind: 'redo' });
    expect(lab.frame).toEqual(broken);
    expect(lab.opened).toMatchObject({ current: 1, undo: true, redo: false });
    await lab.ask({ kind: 'removeEdit', index: 0 });
    expect(lab.opened.lines).toHaveLength(1);
  });

  it('acting by hand withdraws the promise of liveness, not the other properties', async () => {
    const lab = (await sitting()).record();
    await lab.ask({ kind: 'seek', event: 4000 });
    for (const server of [1, 2]) await lab.act({ kind: 'powerLoss', server });
    lab.record();
    await lab.ask({ kind: 'seek', event: 1e9 });
    expect(lab.frame.over).toBe(true);
    expect(lab.frame.verdicts).toMatchObject({ 'LIVE-ELECTS': 'unchecked', 'ZAB-PREFIX': 'holds' });
    expect(lab.frame.violations).toEqual([]);
  });

  it('a link opens the same run at the same moment, with its edits', async () => {
    const lab = (await sitting()).record();
    await lab.ask({ kind: 'seek', event: 1234 });
    await lab.act({ kind: 'crash', server: 2 });
    await lab.ask({ kind: 'share' });
    const other = (await sitting((lab.last('shared') as SharedReply).fragment)).record();
    lab.record();
    expect(other.last('progress').traceHash).toBe(lab.last('progress').traceHash);
    await other.ask({ kind: 'seek', event: 1234 });
    expect(other.frame).toEqual(lab.frame);
    expect(other.opened.lines.map(({ edits }) => edits.length)).toEqual([0, 1]);
  });

  it('a scenario with another seed is shared as a short command, an edited run with its file', async () => {
    const lab = (await sitting()).record();
    await lab.ask({ kind: 'share' });
    expect(lab.last('shared').command).toBe(`npx zab-lab run ${STANDARD}`);
    await lab.ask({ kind: 'setup', setup: { seed: 7 } });
    await lab.ask({ kind: 'share' });
    expect(lab.last('shared').command).toBe(`npx zab-lab run ${STANDARD} --seed 7`);
    await lab.act({ kind: 'crash', server: 2 });
    await lab.ask({ kind: 'share' });
    expect(lab.last('shared').command).toMatch(
      /^printf '%s' '\{.*\}' > run\.json && npx zab-lab run run\.json$/,
    );
  });

  it('the log of all events has one row each, wherever one begins to read', async () => {
    const lab = (await sitting()).record();
    const { length } = lab.last('progress');
    for (const from of [9000, 1, length - 20]) {
      await lab.ask({ kind: 'rows', from, count: 300 });
      const { rows } = lab.last('rows');
      const expected = Math.min(300, length - from + 1);
      expect(rows.map(({ event }) => event)).toEqual(Array.from({ length: expected }, (_, i) => from + i));
      await lab.ask({ kind: 'seek', event: rows[10]!.event });
      expect(rows[10]!.text.startsWith(lab.frame.step!.text)).toBe(true);
    }
  });

  it('inspecting a server shows what the event changed in it, and leaves one where one was', async () => {
    const lab = (await sitting()).record();
    const elected = lab.replies
      .flatMap((reply) => (reply.kind === 'progress' ? reply.marks : []))
      .find(({ kind }) => kind === 'leader')!;
    await lab.ask({ kind: 'seek', event: elected.event });
    const before = lab.frame;
    await lab.ask({ kind: 'inspect', machine: { kind: 'server', id: 3 } });
    const { facts, changes } = lab.last('inspection');
    expect(facts).toContainEqual({ name: 'role', text: 'leading' });
    expect(changes.length).toBeGreaterThan(0);
    await lab.ask({ kind: 'seek', event: elected.event });
    expect(lab.frame).toEqual(before);
  });
});

describe('what cannot be opened', () => {
  it.each([
    ['', ''],
    ['not-a-link', 'does not begin as a link'],
    ['9.abc', 'another version'],
    ['1.%%%', 'damaged'],
    ['1.AAAA', 'damaged'],
  ])('a link "%s" is answered with a sentence and the default scenario', async (fragment, sentence) => {
    const lab = await sitting(fragment);
    expect(lab.opened.setup.scenario).toBe(STANDARD);
    const problem = lab.replies.find((reply) => reply.kind === 'problem');
    if (sentence === '') expect(problem).toBeUndefined();
    else expect(problem).toMatchObject({ text: expect.stringContaining(sentence), fallback: true });
  });

  it('a link with a run that is none names the field', async () => {
    const fragment = await toFragment({ run: { format: 'zab-lab/run@1', seed: 1 }, event: 0, edits: 0 });
    const lab = await sitting(fragment);
    expect(lab.last('problem').text).toMatch(/ensemble/);
  });

  it('a file that is none leaves everything as it is', async () => {
    const lab = (await sitting()).record();
    const opened = lab.opened;
    for (const text of ['{', '[]', '{"format":"zab-lab/run@1"}', '{"format":"zab-lab/finding@1"}'])
      await lab.ask({ kind: 'file', text });
    expect(lab.replies.filter(({ kind }) => kind === 'problem')).toHaveLength(4);
    expect(lab.opened).toEqual(opened);
    const unknown = { ...findScenario(STANDARD)!.run, variant: { name: 'no such' } };
    await lab.ask({ kind: 'file', text: JSON.stringify(unknown) });
    expect(lab.last('problem').text).toMatch(/variant/);
    await lab.ask({ kind: 'seek', event: 10 });
    expect(lab.frame.event).toBe(10);
  });
});

describe('links', () => {
  it('hold any run, in characters that need no escape', async () => {
    for (const { run, id } of fullCatalog.scenarios) {
      const fragment = String(await toFragment({ run, event: 7, edits: 0, scenario: id }));
      expect(fragment).toMatch(/^1\.[\w-]+$/);
      expect(fragment.length).toBeLessThan(4000);
      expect(await fromFragment(`#${fragment}`)).toEqual({ run, event: 7, edits: 0, scenario: id });
    }
  });
});

describe('what is done by hand to messages and clients', () => {
  it('a message on its way is delivered now, and the branch replays so', async () => {
    const lab = (await sitting()).record();
    let event = 700;
    for (; lab.frame.messages.every(({ kind }) => kind !== 'PROPOSAL'); event++)
      await lab.ask({ kind: 'seek', event });
    const { name, to } = lab.frame.messages.find(({ kind }) => kind === 'PROPOSAL')!;
    const now = lab.frame.time;
    await lab.act({ kind: 'messageDeliver', message: name! });
    await lab.ask({ kind: 'seek', event });
    expect(lab.frame.time).toBe(now);
    expect(lab.frame.step).toMatchObject({ owner: to });
    lab.record();
    await lab.ask({ kind: 'share' });
    expect(lab.last('progress').traceHash).toBe(traceHash(JSON.parse(lab.last('shared').file)));
  });

  it('a client asks for what it is told to', async () => {
    const lab = (await sitting()).record();
    await lab.ask({ kind: 'seek', event: 1500 });
    const client = lab.frame.clients.find(({ asks, connected }) => asks && connected)!;
    const request = { op: 'create', path: '/by-hand' };
    await lab.act({ kind: 'clientRequest', client: client.number, request });
    expect(lab.frame.clients.find(({ id }) => id === client.id)!.waiting).toBe(client.waiting + 1);
    expect(lab.opened.lines.at(-1)!.edits[0]!.text).toBe(`client ${client.number}: create /by-hand`);
  });
});

describe('the tree of a server', () => {
  it('names owners and watchers, and what another server has otherwise', async () => {
    const lab = (await sitting()).record();
    await lab.ask({ kind: 'setup', setup: { scenario: 'watch-fires-before-the-data' } });
    lab.record();
    const seen = { watchers: false, owner: false, difference: false };
    const { length } = lab.last('progress');
    for (let event = 0; event < length; event += 3) {
      await lab.ask({ kind: 'seek', event });
      const running = lab.frame.servers.filter(({ life }) => life === 'up').map(({ id }) => id);
      if (running.length < 2) continue;
      await lab.ask({ kind: 'tree', server: running[0]!, other: running[1]! });
      const { rows } = lab.last('tree');
      for (const row of rows) {
        if (row.watchers.some((one) => /^c\d+ \((data|children)\)$/.test(one))) seen.watchers = true;
        if (row.difference !== 'none') {
          seen.difference = true;
          await lab.ask({ kind: 'tree', server: running[1]!, other: running[0]! });
          const back = lab.last('tree').rows.find(({ path }) => path === row.path)!;
          const mirrored = {
            differs: 'differs',
            'only here': 'only there',
            'only there': 'only here',
          } as const;
          expect(back.difference).toBe(mirrored[row.difference]);
        }
      }
      if (seen.watchers && seen.difference) break;
    }
    await lab.ask({ kind: 'setup', setup: { scenario: 'herd-effect' } });
    lab.record();
    for (let event = 500; event < lab.last('progress').length && !seen.owner; event += 100) {
      await lab.ask({ kind: 'seek', event });
      await lab.ask({ kind: 'tree', server: 1, other: 0 });
      seen.owner = lab.last('tree').rows.some(({ owner }) => /^c\d+$/.test(owner));
    }
    expect(seen).toEqual({ watchers: true, owner: true, difference: true });
  });
});

describe('a session that was served to real clients', () => {
  it('opens as any run does, and shows what came from outside where it came', async () => {
    const outside = {
      format: 'zab-lab/run@1',
      seed: 1,
      ensemble: { participants: 1 },
      world: {},
      clients: [],
      faults: [],
    };
    const inputs = [
      { kind: 'open', after: 6, at: 300, connection: 1, server: 1, address: '127.0.0.1', port: 4000 },
      { kind: 'bytes', after: 7, at: 301, connection: 1, bytes: 'aXNybw==' },
      { kind: 'fault', after: 8, at: 302, fault: { kind: 'crash', server: 1 } },
    ];
    const run = { ...outside, outside: inputs, end: { at: 400 }, expectations: [] } as unknown as RunSpec;
    const lab = (await sitting(await toFragment({ run, event: 0, edits: 0 }))).record();
    expect(lab.last('progress')).toMatchObject({ complete: true, traceHash: traceHash(run) });
    const { events } = simulate(run, catalog);
    await lab.ask({ kind: 'seek', event: events });
    expect(lab.frame.event).toBe(events);
    await lab.ask({ kind: 'rows', from: 1, count: events });
    expect(JSON.stringify(lab.last('rows'))).toContain('gets bytes from outside');
  });

  it('hold no run that is too large for one: what unpacks to too much, and what browsers would not open', async () => {
    expect(await toFragment({ run: 'x'.repeat(4_000_000), event: 0, edits: 0 })).toBeNull();
    const random = Array.from({ length: 100_000 }, (_, i) => Math.imul(i, 0x9e37_79b1) >>> 0);
    expect(await toFragment({ run: random, event: 0, edits: 0 })).toBeNull();
  });
});
