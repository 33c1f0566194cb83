import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FAULT_USAGES, FaultTextError, faultText, parseFault } from '../../sim/fault-text.ts';
import type { FaultKind, Mishap } from '../../sim/spec.ts';
import { parseRunSpec } from '../../sim/validate.ts';
import { spec } from './actors.ts';

const word = fc.constantFrom('leader', 'follower', 'observer', 'random', 'it');
const server = fc.oneof(fc.integer({ min: 1, max: 254 }), word);
const serverOrAll = fc.oneof(server, fc.constant('all'));
const client = fc.oneof(fc.integer({ min: 1, max: 3 }), fc.constantFrom('random', 'it'));
const ms = fc.oneof(
  fc.integer({ min: 0, max: 1e12 }),
  fc.integer({ min: 0, max: 1000 }).map((s) => s * 1000),
  fc.integer({ min: 0, max: 1000 }).map((m) => m * 60_000),
  fc.double({ min: 0, max: 1e12, noNaN: true }).map((value) => value + 0),
);
const signed = fc
  .tuple(ms, fc.boolean())
  .map(([value, negative]) => (negative && value > 0 ? -value : value));
const rate = fc.oneof(
  fc.integer({ min: 0, max: 100 }).map((percent) => percent / 100),
  fc.double({ min: 0, max: 1, noNaN: true }).map((value) => value + 0),
);
const ordinal = fc.integer({ min: 1, max: 1e12 });
const message = fc.record({ channel: ordinal, dialler: fc.boolean(), ordinal });
const request = fc.oneof(
  fc.record({ op: fc.constant('get'), path: fc.string().map((path) => `/${path}`) }),
  fc.record({ op: fc.constant('set'), path: fc.constant('/a'), data: fc.string(), version: fc.constant(-1) }),
  fc.constant({ op: 'close' }),
);

/** What is left out is not there, rather than undefined. */
function optional<T>(name: string, value: fc.Arbitrary<T>) {
  return fc.option(value, { nil: undefined }).map((found) => (found === undefined ? {} : { [name]: found }));
}

const FIELDS: { readonly [K in FaultKind]: fc.Arbitrary<object> } = {
  crash: fc.record({ server }),
  powerLoss: fc.record({ server: serverOrAll }),
  restart: fc.record({ server: serverOrAll }),
  pause: fc.record({ server, for: ms }),
  partition: fc.record({
    groups: fc
      .array(fc.array(server, { maxLength: 4 }), { minLength: 1, maxLength: 4 })
      .filter((groups) => groups.some((group) => group.length > 0)),
  }),
  cut: fc
    .tuple(server, serverOrAll, fc.boolean())
    .map(([from, to, both]) => (both ? { from, to, both } : { from, to })),
  isolate: fc.record({ server }),
  bridge: fc.record({ server }),
  swizzle: fc.record({ servers: fc.array(server, { minLength: 1, maxLength: 5 }), step: ms }),
  heal: fc.constantFrom({}, { speed: true }),
  drop: fc.record({ from: server, to: server }),
  slow: fc.record({ from: serverOrAll, to: serverOrAll, by: ms }),
  loss: fc
    .tuple(optional('dropRate', rate), optional('electionLossRate', rate))
    .map(([a, b]) => ({ ...a, ...b }))
    .filter((rates) => Object.keys(rates).length > 0),
  diskStall: fc.record({ server, for: ms }),
  diskFull: fc.record({ server }),
  diskFree: fc.record({ server }),
  corrupt: fc.record({ server, record: fc.integer({ min: 0, max: 1e12 }) }),
  clockJump: fc.record({ server, by: signed }),
  clientCrash: fc.record({ client }),
  clientRestart: fc.record({ client: fc.oneof(client, fc.constant('all')) }),
  clientPause: fc.record({ client, for: ms }),
  clientDisconnect: fc.record({ client }),
  clientCut: fc.record({
    client,
    to: fc.oneof(
      fc.integer({ min: 1, max: 254 }),
      fc.constantFrom('leader', 'follower', 'observer', 'random', 'connected', 'all'),
    ),
  }),
  clientRequest: fc.record({ client, request }),
  messageDrop: fc.record({ message }),
  messageDelay: fc.record({ message, by: ms }),
  messageDeliver: fc.record({ message }),
};

const anyFault = fc.oneof(
  ...Object.entries(FIELDS).map(([kind, fields]) => fields.map((found) => ({ kind, ...found }) as Mishap)),
);

describe('faults as text', () => {
  it('every fault is read back from its text', () => {
    fc.assert(
      fc.property(anyFault, (fault) => {
        expect(parseFault(faultText(fault))).toEqual(fault);
      }),
      { numRuns: 500 },
    );
  });

  it('what is read is a fault of a run, whatever was written', () => {
    const clients = Array.from({ length: 3 }, () => ({ program: { name: 'counter' } }));
    const words = fc.array(
      fc.oneof(
        fc.constantFrom(...FAULT_USAGES.map(({ example }) => example.split(' ')[0]!)),
        fc.constantFrom(
          '1',
          '2',
          '>',
          '-',
          '|',
          'all',
          'leader',
          '5s',
          '+3ms',
          '5%',
          'record',
          'every',
          '{}',
          ',',
        ),
        fc.string({ maxLength: 4 }),
      ),
      { minLength: 1, maxLength: 6 },
    );
    fc.assert(
      fc.property(words, fc.constantFrom(' ', ''), ([first, ...rest], gap) => {
        let fault: Mishap;
        try {
          fault = parseFault(`${first} ${rest.join(gap)}`, [1, 2, 3]);
        } catch (error) {
          expect(error).toBeInstanceOf(FaultTextError);
          expect((error as Error).message).not.toContain('\n');
          return;
        }
        // Which clients there are, a text does not know.
        if ('client' in fault && Number(fault.client) > clients.length) return;
        parseRunSpec(spec({ clients, faults: [{ at: 0, ...fault }] }));
      }),
      { numRuns: 1000 },
    );
  });

  it('every example is a fault of its kind', () => {
    for (const { kind, example } of FAULT_USAGES) expect(parseFault(example).kind).toBe(kind);
  });

  it.each<[string, Mishap]>([
    ['crash 2', { kind: 'crash', server: 2 }],
    ['  CRASH   Leader ', { kind: 'crash', server: 'leader' }],
    ['crash server 2', { kind: 'crash', server: 2 }],
    ['restart all', { kind: 'restart', server: 'all' }],
    ['power loss 3', { kind: 'powerLoss', server: 3 }],
    ['powerLoss 3', { kind: 'powerLoss', server: 3 }],
    ['partition 1 | 2 3', { kind: 'partition', groups: [[1], [2, 3]] }],
    ['partition 1|2,3', { kind: 'partition', groups: [[1], [2, 3]] }],
    ['cut 1>2', { kind: 'cut', from: 1, to: 2 }],
    ['cut 1 -> 2', { kind: 'cut', from: 1, to: 2 }],
    ['cut 1-2', { kind: 'cut', from: 1, to: 2, both: true }],
    ['cut leader to all', { kind: 'cut', from: 'leader', to: 'all' }],
    ['pause 3 5s', { kind: 'pause', server: 3, for: 5000 }],
    ['pause 3 1.5 s', { kind: 'pause', server: 3, for: 1500 }],
    ['slow 1 > 2 20ms', { kind: 'slow', from: 1, to: 2, by: 20 }],
    ['loss 5%', { kind: 'loss', dropRate: 0.05 }],
    ['loss 0', { kind: 'loss', dropRate: 0 }],
    ['loss election 10%', { kind: 'loss', electionLossRate: 0.1 }],
    ['clock-jump 2 -10s', { kind: 'clockJump', server: 2, by: -10_000 }],
    ['swizzle 1, 2 every 1s', { kind: 'swizzle', servers: [1, 2], step: 1000 }],
    ['corrupt 2', { kind: 'corrupt', server: 2, record: 0 }],
  ])('%s', (text, fault) => {
    expect(parseFault(text, [1, 2, 3])).toEqual(fault);
  });

  it('a complaint is one sentence that says what is wrong and what would be right', () => {
    const complaints = [
      '',
      'crsh 2',
      'frobnicate',
      'crash',
      'crash 9',
      'crash nobody',
      'crash 2 3',
      'pause 3 5',
      'pause 3 soon',
      'cut 1 2',
      'slow 1 - 2 5ms',
      'loss 500%',
      'partition',
      'client-request 1 get',
      'client-request 1 {"op":"get"}',
    ].map((text) => {
      try {
        return `${text}: ${JSON.stringify(parseFault(text, [1, 2, 3], ['status', 'save']))}`;
      } catch (error) {
        return `${text}: ${(error as Error).message}`;
      }
    });
    expect(
      complaints.join('\n').replace(/write one of crash.*save$/gm, 'write one of …'),
    ).toMatchInlineSnapshot(`
      ": there is no fault in it; write one of …
      crsh 2: 'crsh' is no fault that is known; did you mean 'crash'?
      frobnicate: 'frobnicate' is no fault that is known; write one of …
      crash: there is no server in it; write 'crash N', as in 'crash leader'
      crash 9: server 9 is none of 1, 2, 3; write 'crash N', as in 'crash leader'
      crash nobody: 'nobody' is not a server's number or one of leader, follower, observer, random, it; write 'crash N', as in 'crash leader'
      crash 2 3: '3' is too much; write 'crash N', as in 'crash leader'
      pause 3 5: '5' has no unit, such as ms, s or m; write 'pause N TIME', as in 'pause 3 5s'
      pause 3 soon: there is no time in it, such as 500ms or 5s; write 'pause N TIME', as in 'pause 3 5s'
      cut 1 2: there is no '>' (one direction) or '-' (both) between two servers; write 'cut N > N|all, or N - N for both directions', as in 'cut 1 > 2'
      slow 1 - 2 5ms: it slows one direction at a time; write 'slow N|all > N|all TIME', as in 'slow 1 > 2 20ms'
      loss 500%: 500 is more than all: write a share up to 100%; write 'loss SHARE [election SHARE]', as in 'loss 5%'
      partition: there is no server in it; write 'partition N N | N ...', as in 'partition 1 | 2 3'
      client-request 1 get: 'get' is not JSON; write 'client-request C OPERATION, as JSON', as in 'client-request 1 {"op":"get","path":"/a"}'
      client-request 1 {"op":"get"}: operation.path: is missing; allowed: it must be given; write 'client-request C OPERATION, as JSON', as in 'client-request 1 {"op":"get","path":"/a"}'"
    `);
  });
});
