import { describe, expect, test } from 'vitest';
import { Story } from '../../bin/story.ts';
import { OpCode } from '../../protocol/txn.ts';
import { makeZxid } from '../../protocol/zxid.ts';
import { describe as sentence, subjectName, subjectOf } from '../../sim/sentences.ts';
import type { SimEvent } from '../../sim/world-event.ts';
import { proposed as proposal } from '../sim/check/events.ts';

const zxid = (counter: number) => makeZxid(1, counter);

function lines(...events: readonly (readonly [number, SimEvent])[]) {
  const story = new Story();
  for (const [time, event] of events) story.event(event, time);
  story.end();
  return story.lines.map(
    ({ time, subjects, text }) => `${time} ${subjects.map(subjectName).join(',')} ${text}`,
  );
}

const proposed = (counter: number): SimEvent => proposal(3, zxid(counter), 0);
const flushed = (server: number, counter: number): SimEvent => ({
  kind: 'flushed',
  server,
  zxid: zxid(counter),
});
const committed = (counter: number): SimEvent => ({ kind: 'committed', server: 3, zxid: zxid(counter) });
const told = (action: string): SimEvent => ({
  kind: 'told',
  server: 2,
  client: 1001,
  recipe: 'lock',
  action,
  path: '/lock',
  token: 0,
  holder: '',
});
const crashed = (server: number): SimEvent => ({ kind: 'crashed', server, power: false });

describe('the story of a run', () => {
  test('proposals and commits between two other lines are one line', () => {
    expect(
      lines([1, proposed(1)], [2, proposed(2)], [3, committed(1)], [4, committed(2)], [5, crashed(3)]),
    ).toEqual(['1 3 proposes and commits 0x100000001 … 0x100000002 (2)', '5 3 is killed']);
  });

  test('a proposal that is not committed names the disks that hold it', () => {
    expect(
      lines([1, proposed(1)], [2, committed(1)], [3, proposed(2)], [4, flushed(3, 2)], [5, crashed(3)]),
    ).toEqual([
      '1 3 proposes 0x100000001 … 0x100000002 (2), the last on disk at 3; has committed up to 0x100000001',
      '5 3 is killed',
    ]);
  });

  test('answers are counted, errors by name', () => {
    const replied = (err: number): SimEvent => {
      return { kind: 'replied', server: 1, session: '0', cxid: 1, op: 1, zxid: zxid(1), err };
    };
    expect(lines([1, replied(0)], [2, replied(-110)], [3, replied(-110)])).toEqual([
      '1  3 requests answered (2 NODEEXISTS)',
    ]);
  });

  test('pings are no requests worth a line', () => {
    const replied = { server: 1, session: '0', cxid: -2, op: OpCode.ping, zxid: zxid(1), err: 0 };
    expect(lines([1, { kind: 'replied', ...replied }])).toEqual([]);
  });

  test('what a program tells is a line of its own; of much at once the rest is counted', () => {
    const busy = Array.from({ length: 9 }, (_, i) => [i, told(i < 8 ? 'acquired' : 'released')] as const);
    expect(lines(...busy, [1500, told('acquired')])).toEqual([
      ...[0, 1, 2, 3, 4, 5].map((time) => `${time} c1 lock: acquired /lock`),
      '6  lock: acquired, 2 more; lock: released, 1 more',
      '1500 c1 lock: acquired /lock',
    ]);
  });

  test('a client is the subject of what happens to it, its server is not', () => {
    const state = { server: 2, client: 1002, session: '0100000000000001', zxid: 0 } as const;
    expect(
      lines(
        [0, { kind: 'clientStarted', server: 0, client: 1001 }],
        [3, { kind: 'clientStarted', server: 0, client: 1001 }],
        [4, { kind: 'clientStarted', server: 0, client: 1002 }],
        [5, { kind: 'clientState', ...state, state: 'CONNECTED' }],
        [700, { kind: 'expired', server: 3, session: '0100000000000001', now: 700, local: false }],
        [900, { kind: 'clientState', ...state, server: 0, state: 'EXPIRED' }],
      ),
    ).toEqual([
      '3 c1,c2 starts',
      '700 3 expires session 0x100000000000001',
      '900 c2 learns that its session has expired (session 0x100000000000001)',
    ]);
    expect(subjectOf({ kind: 'clientCut', server: 3, client: 1001 })).toBe(1001);
  });

  test('the same of several servers is one line, unless something of the same server stands between', () => {
    expect(lines([1, crashed(2)], [2, crashed(1)])).toEqual(['1 1,2 is killed']);
    expect(
      lines([1, crashed(1)], [2, { kind: 'restarted', server: 2 }], [3, crashed(2)], [900, crashed(3)]),
    ).toEqual(['1 1 is killed', '2 2 starts', '3 2 is killed', '900 3 is killed']);
  });
});

describe('sentences', () => {
  test('an empty history is called so', () => {
    expect(sentence({ kind: 'established', server: 3, epoch: 1, zxid: 0 }).text).toBe(
      'leads epoch 1 by a quorum, with an empty history committed',
    );
  });

  test('codes are told by ZooKeeper’s names', () => {
    const of = { server: 2, client: 1001, session: '0100000000000001' } as const;
    const answered = {
      kind: 'answered',
      ...of,
      ticket: 4,
      cxid: 3,
      op: OpCode.getData,
      result: { err: -101 },
    } as const;
    expect(
      [
        { ...answered, zxid: zxid(7), err: -101 } as const,
        { ...answered, zxid: -1, err: -4 } as const,
        { kind: 'notified', ...of, type: 2, path: '/a', zxid: zxid(7) } as const,
        { kind: 'watchFired', ...of, type: 3, path: '/a', zxid: -1 } as const,
        {
          kind: 'housekeeping',
          ...of,
          op: OpCode.setWatches2,
          zxid: -1,
          err: 0,
          answer: false,
          request: null,
        } as const,
        { ...told('acquired'), token: 7, holder: 'a' } as SimEvent,
      ].map((event) => sentence(event).text),
    ).toEqual([
      'has its answer to operation 4, getData at 0x100000007: NONODE',
      'has its answer to operation 4, getData: CONNECTIONLOSS',
      'is told NodeDeleted /a at 0x100000007',
      'tells session 0x100000000000001 NodeDataChanged /a',
      'sends setWatches2 to server 2',
      'lock: acquired /lock (token 7), held by a',
    ]);
  });

  test('single lost election messages belong to the trace, cut streams to the story', () => {
    const dropped = { kind: 'dropped', server: 1, to: 2, port: 'election', message: 'notification' } as const;
    expect(sentence({ ...dropped, single: true }).story).toBe(false);
    expect(sentence({ ...dropped, single: false }).story).toBe(true);
  });
});
