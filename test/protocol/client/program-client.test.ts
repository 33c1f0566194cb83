import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type ClientEvent, KeeperError, type Program } from '../../../protocol/client/api.ts';
import type { ProgramClient } from '../../../protocol/client/index.ts';
import { CreateFlag } from '../../../protocol/request.ts';
import { ErrorCode, OpCode } from '../../../protocol/txn.ts';
import { cloneGraph } from '../../../sim/clone.ts';
import { hashGraph } from '../../../sim/state-hash.ts';
import type { ScriptedHost } from '../scripted-host.ts';
import { type FakeServer, running } from './fake-server.ts';

const { OK, NONODE, NODEEXISTS, CONNECTIONLOSS, SESSIONEXPIRED, RUNTIMEINCONSISTENCY, BADVERSION } =
  ErrorCode;

/** What a program comes to, for a test to look at: it outlives copies of the program. */
function collecting<T>(body: (out: T[]) => Program) {
  const out: T[] = [];
  return { out, make: () => body(out) };
}

describe('a program', () => {
  it('CLIENT-24 sends one request per call and gets the value, or the error thrown', () => {
    const { out, make } = collecting<unknown>(
      (seen) =>
        function* (zk) {
          seen.push(yield* zk.create('/a', 'ä', { mode: CreateFlag.EPHEMERAL_SEQUENTIAL }));
          seen.push(yield* zk.exists('/b'));
          seen.push(yield* zk.getChildren('/c'));
          try {
            yield* zk.create('/d');
          } catch (error) {
            seen.push((error as KeeperError).message);
          }
        },
    );
    const { server, program } = running(make);
    expect(server.requests()[0]!.op).toMatchObject({
      type: OpCode.create,
      data: Uint8Array.of(0xc3, 0xa4),
      flags: 3,
    });
    server.reply(1, { err: OK, path: '/a0000000001' });
    server.reply(2, { err: NONODE });
    server.reply(3, { err: OK, children: ['z', 'b', 'a'] });
    server.reply(4, { err: NODEEXISTS });
    expect(out).toEqual(['/a0000000001', null, ['a', 'b', 'z'], 'NODEEXISTS for /d']);
    expect(program.over).toBe(true);
  });

  it('CLIENT-25 a multi that fails throws the code of the operation that failed, with all results', () => {
    const { out, make } = collecting<KeeperError>(
      (seen) =>
        function* (zk) {
          try {
            yield* zk.multi([
              { type: OpCode.delete, path: '/a', version: -1 },
              { type: OpCode.check, path: '/b', version: 3 },
              { type: OpCode.delete, path: '/c', version: -1 },
            ]);
          } catch (error) {
            seen.push(error as KeeperError);
          }
        },
    );
    const { server } = running(make);
    const results = [{ err: OK }, { err: BADVERSION }, { err: RUNTIMEINCONSISTENCY }];
    server.reply(1, { err: OK, results });
    expect([out[0]!.code, out[0]!.path, out[0]!.results]).toEqual([BADVERSION, '/b', results]);
  });

  it('CLIENT-26 may have several requests under way and asks for their answers in any order', () => {
    const { out, make } = collecting<number>(
      (seen) =>
        function* (zk) {
          const first = yield* zk.submit({ type: OpCode.sync, path: '/1' });
          const second = yield* zk.submit({ type: OpCode.sync, path: '/2' });
          seen.push((yield* zk.answer(second)).zxid, (yield* zk.answer(first)).zxid);
          yield* zk.answer(first);
        },
    );
    const { server } = running(make);
    expect(server.requests()).toHaveLength(2);
    server.reply(1, { err: OK }, 11);
    expect(() => server.reply(2, { err: OK }, 12)).toThrow('ticket 1 is not open');
    expect(out).toEqual([12, 11]);
  });

  it('CLIENT-27 events are kept until asked for, by path or in order; a wait ends with its time or the session', () => {
    const { out, make } = collecting<unknown>(
      (seen) =>
        function* (zk) {
          yield* zk.addWatch('/', 1);
          yield* zk.sleep(100);
          seen.push((yield* zk.event('/b'))!.path);
          seen.push((yield* zk.event())!.state, (yield* zk.event())!.path);
          seen.push(yield* zk.event('/b', 50), yield* zk.now());
          yield* zk.forgetEvents();
          seen.push(yield* zk.event(undefined, 0));
          try {
            yield* zk.event('/b');
          } catch (error) {
            seen.push((error as KeeperError).code);
          }
        },
    );
    const { host, server } = running(make);
    server.reply(1);
    for (const path of ['/a', '/b', '/c']) server.event(3, path);
    host.advance(150);
    server.break();
    host.advance(500);
    server.accept({ timeout: 0 });
    expect(out).toEqual(['/b', 'CONNECTED', '/a', null, 150, null, SESSIONEXPIRED]);
  });

  it('CLIENT-28 what it does not catch ends it and its session, and is told; a mistake of the program is thrown', () => {
    const { host, server, program } = running(
      () =>
        function* (zk) {
          yield* zk.delete('/a');
        },
    );
    server.reply(1, { err: NONODE });
    expect(program.over).toBe(true);
    expect(host.reported('told')).toMatchObject([
      { recipe: 'program', action: 'failed', holder: 'NONODE for /a', token: NONODE },
    ]);
    expect(server.requests().at(-1)!.op.type).toBe(OpCode.closeSession);
    const wrong = running(
      () =>
        function* (zk) {
          yield* zk.sync('/');
          throw new TypeError('a mistake');
        },
    );
    expect(() => wrong.server.reply(1)).toThrow(new TypeError('a mistake'));
  });

  it('CLIENT-29 close comes back when the session is ended; a program that returns leaves its session open', () => {
    const { out, make } = collecting<string>(
      (seen) =>
        function* (zk) {
          yield* zk.close();
          seen.push('closed');
          try {
            yield* zk.sync('/');
          } catch (error) {
            seen.push((error as KeeperError).message);
          }
        },
    );
    const { host, server } = running(make);
    expect(out).toEqual([]);
    server.reply(1);
    host.settle();
    expect(out).toEqual(['closed', 'SESSIONEXPIRED for /']);
    const ended = running(() => function* () {});
    ended.host.advance(2000);
    expect(ended.program.client.state).toBe('CONNECTED');
    expect(ended.server.requests().map(({ cxid }) => cxid)).toEqual([-2]);
  });

  it('CLIENT-30 a call outside is answered by the first message, or null when the time or the channel ends', () => {
    const { out, make } = collecting<unknown>(
      (seen) =>
        function* (zk) {
          yield* zk.event();
          for (let i = 0; i < 3; i++) seen.push(yield* zk.call(1009, { kind: 'ask' }, 30));
          seen.push(yield* zk.now());
        },
    );
    const { host, server, program } = running(make);
    const call = server.channel;
    expect(host.dialled.at(-1)!.address).toEqual({ server: 1009, port: 'client' });
    host.receive(call, { kind: 'told' });
    program.onClosed(server.channel, 'refused');
    host.advance(30);
    expect(out).toEqual([{ kind: 'told' }, null, null, 30]);
    expect(host.closed.has(call)).toBe(true);
  });
});

/** Does a bit of everything, in a way that depends on all that it is fed. */
const wandering: Program = function* (zk) {
  let sum = 0;
  const open: number[] = [];
  for (let round = 0; round < 60; round++) {
    const draw = Math.floor((yield* zk.random()) * 1000) + sum + round;
    try {
      switch (draw % 7) {
        case 0:
          open.push(yield* zk.submit({ type: OpCode.getData, path: `/${round}`, watch: true }));
          break;
        case 1:
          if (open.length > 0) sum += (yield* zk.answer(open.shift()!)).result.err;
          break;
        case 2:
          sum += ((yield* zk.event(undefined, 40)) as ClientEvent | null)?.path.length ?? 1;
          break;
        case 3:
          yield* zk.sleep(10 + (sum & 15));
          break;
        case 4:
          sum += (yield* zk.session()).zxid;
          break;
        case 5:
          sum += (yield* zk.exists(`/${sum}`, true))?.version ?? 5;
          break;
        default:
          yield* zk.tell('wandering', 'at', { token: sum });
      }
    } catch (error) {
      if (!(error instanceof KeeperError)) throw error;
      sum += error.code & 7;
      if (error.code !== CONNECTIONLOSS && error.code !== NONODE) return;
    }
  }
};

/** What the world does next. */
const moves = fc.array(
  fc.oneof(
    { weight: 6, arbitrary: fc.record({ move: fc.constant('reply' as const), n: fc.nat(3) }) },
    { weight: 2, arbitrary: fc.record({ move: fc.constant('event' as const), n: fc.nat(9) }) },
    { weight: 3, arbitrary: fc.record({ move: fc.constant('pass' as const), n: fc.nat(300) }) },
    { weight: 1, arbitrary: fc.record({ move: fc.constant('break' as const), n: fc.nat(1) }) },
    { weight: 2, arbitrary: fc.record({ move: fc.constant('accept' as const), n: fc.nat(30) }) },
  ),
  { maxLength: 120 },
);
type Move = { readonly move: 'reply' | 'event' | 'pass' | 'break' | 'accept'; readonly n: number };

/** A client and the servers it talks to, with what they owe it: one graph, to be copied as a whole. */
interface Play {
  readonly host: ScriptedHost;
  readonly server: FakeServer;
  readonly program: ProgramClient;
}

function act({ host, server }: Play, { move, n }: Move): void {
  const usable = host.dialled.length > 0 && !host.closed.has(server.channel);
  const state = (host.actor as ProgramClient).client.state;
  const replied = host.reported('answered').filter(({ cxid, zxid }) => cxid > 0 && zxid > 0).length;
  if (move === 'pass') {
    host.advance(n);
  } else if (!usable) {
    host.advance(1);
  } else if (state === 'CONNECTED') {
    if (move === 'break') server.break();
    else if (move === 'event') server.event(3, `/${n}`);
    else if (move === 'reply') {
      const next = (host.actor as ProgramClient).client.queue.pending[0];
      if (next !== undefined) server.reply(next.cxid, { err: n === 0 ? NONODE : OK }, 100 + replied + n);
    }
  } else if (state === 'CONNECTING' && (host.actor as ProgramClient).client.channel === server.channel) {
    if (move === 'accept') server.accept(n === 0 ? { timeout: 0 } : {});
    else if (move === 'break') server.break('refused');
  }
  host.settle();
}

function observed({ host }: Play) {
  return { probes: host.probes, sent: host.messages(), time: host.time };
}

describe('whatever servers and network do', () => {
  it('CLIENT-31 every operation is answered exactly once, those on one connection in the order of their requests', () => {
    fc.assert(
      fc.property(moves, (schedule) => {
        const play: Play = running(() => wandering, { reconnectDelay: 50 });
        for (const move of schedule) act(play, move);
        const { client } = play.program;
        // The end of the session answers what is left.
        if (client.alive && !client.closing) client.close();
        play.host.advance(20_000);
        play.host.settle();
        const invoked = play.host.reported('invoked').map(({ ticket }) => ticket);
        const answered = play.host.reported('answered');
        expect(answered.map(({ ticket }) => ticket).sort((a, b) => a - b)).toEqual(invoked);
        const cxids = answered.map(({ cxid }) => cxid).filter((cxid) => cxid > 0);
        expect(cxids).toEqual([...cxids].sort((a, b) => a - b));
      }),
      { numRuns: 200 },
    );
  });

  it('CLIENT-32 a copy made anywhere goes on as the original, and both hash alike', () => {
    fc.assert(
      fc.property(moves, fc.nat(120), (schedule, cut) => {
        const play: Play = running(() => wandering, { reconnectDelay: 50 });
        for (const move of schedule.slice(0, cut)) act(play, move);
        const copy = cloneGraph(play, new Set());
        expect(hashGraph(copy, new Set())).toBe(hashGraph(play, new Set()));
        expect(copy.program.running).toBe(null);
        for (const move of schedule.slice(cut)) act(play, move);
        for (const move of schedule.slice(cut)) act(copy, move);
        expect(observed(copy)).toEqual(observed(play));
        expect(hashGraph(copy, new Set())).toBe(hashGraph(play, new Set()));
      }),
      { numRuns: 100 },
    );
  });
});
