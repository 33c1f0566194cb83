import { describe, expect, test } from 'vitest';
import { Story } from '../../bin/story.ts';
import { describe as sentence } from '../../bin/timeline.ts';
import { makeZxid } from '../../protocol/zxid.ts';
import type { SimEvent } from '../../sim/world-event.ts';
import { proposed as proposal } from '../sim/check/events.ts';

const zxid = (counter: number) => makeZxid(1, counter);

function lines(...events: readonly (readonly [number, SimEvent])[]) {
  const story = new Story();
  for (const [time, event] of events) story.event(event, time);
  story.end();
  return story.lines.map(({ time, servers, text }) => `${time} ${servers.join(',')} ${text}`);
}

const proposed = (counter: number): SimEvent => proposal(3, zxid(counter), 0);
const flushed = (server: number, counter: number): SimEvent => ({
  kind: 'flushed',
  server,
  zxid: zxid(counter),
});
const committed = (counter: number): SimEvent => ({ kind: 'committed', server: 3, zxid: zxid(counter) });
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

  test('single lost election messages belong to the trace, cut streams to the story', () => {
    const dropped = { kind: 'dropped', server: 1, to: 2, port: 'election', message: 'notification' } as const;
    expect(sentence({ ...dropped, single: true }).story).toBe(false);
    expect(sentence({ ...dropped, single: false }).story).toBe(true);
  });
});
