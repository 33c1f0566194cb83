import { describe, expect, it } from 'vitest';
import { NO_SESSION, OpCode, type Txn } from '../../../../protocol/txn.ts';
import type { SimEvent } from '../../../../sim/world-event.ts';
import { verdicts } from './verdicts.ts';

const told = (
  client: number,
  recipe: string,
  action: string,
  path = '',
  token = 0,
  holder = '',
): SimEvent => ({
  kind: 'told',
  server: 0,
  client,
  recipe,
  action,
  path,
  token,
  holder,
});

function proposed(zxid: number, txn: Txn): SimEvent {
  const about = { session: NO_SESSION, cxid: 0, zxid, digest: 0 };
  return {
    kind: 'proposed',
    server: 1,
    op: txn.type,
    path: '',
    record: { kind: 'txn', time: 0, txn, ...about },
    ...about,
  };
}
const removal = (zxid: number, path: string) => proposed(zxid, { type: OpCode.delete, path });
const committed = (zxid: number): SimEvent => ({ kind: 'committed', server: 1, zxid });
const violations = (...events: SimEvent[]) => verdicts(events).violations;

describe('RECIPE-LOCK', () => {
  const accepted = (token: number, action = 'accepted') => told(1009, 'resource', action, '', token, '1001');

  it('RECIPE-LOCK holds while tokens grow, though two clients believe to hold the lock', () => {
    const events = [
      told(1001, 'lock', 'acquired', '/l/a', 5),
      told(1002, 'lock', 'acquired', '/l/b', 7),
      accepted(5),
      accepted(7),
      accepted(5, 'rejected'),
      accepted(7),
    ];
    expect(verdicts(events)).toEqual({ violations: [], checked: ['RECIPE-LOCK'] });
  });

  it('RECIPE-LOCK lets readers come in any order, but no reader before the last writer', () => {
    expect(violations(accepted(5), accepted(9, 'acceptedShared'), accepted(7, 'acceptedShared'))).toEqual([]);
    expect(violations(accepted(9), accepted(7, 'acceptedShared'))).toEqual([
      'RECIPE-LOCK: resource 1009 accepted token 7 of 1001 after the larger token 9',
    ]);
    expect(violations(accepted(9, 'acceptedShared'), accepted(7))).toHaveLength(1);
  });

  it('RECIPE-LOCK fails when a late holder is accepted after another', () => {
    expect(violations(accepted(7), accepted(5))).toEqual([
      'RECIPE-LOCK: resource 1009 accepted token 5 of 1001 after the larger token 7',
    ]);
  });

  it('RECIPE-LOCK fails when two locks have one token', () => {
    expect(
      violations(told(1001, 'lock', 'acquired', '/l/a', 5), told(1002, 'lock', 'acquired', '/l/b', 5)),
    ).toEqual(['RECIPE-LOCK: locks /l/a and /l/b were acquired with one token, 5']);
  });
});

describe('RECIPE-LEADER', () => {
  it('RECIPE-LEADER fails when two leaders share an election zxid', () => {
    const elected = (client: number, token: number) => told(client, 'leader', 'elected', '/e/x', token);
    expect(verdicts([elected(1001, 5), elected(1002, 6)])).toEqual({
      violations: [],
      checked: ['RECIPE-LEADER'],
    });
    expect(violations(elected(1001, 5), elected(1002, 5))).toEqual([
      'RECIPE-LEADER: clients 1001 and 1002 were both elected with zxid 5',
    ]);
  });
});

describe('RECIPE-QUEUE', () => {
  const item = '/q/items/item-0000000001';
  const taken = (client: number) => told(client, 'queue', 'taken', item, 3);
  const multi = (zxid: number) =>
    proposed(zxid, { type: OpCode.multi, txns: [{ type: OpCode.delete, path: item }] });

  it('RECIPE-QUEUE holds when an item is removed and its taker told, also if a lost epoch proposed it as well', () => {
    expect(verdicts([multi(4), multi(9), committed(9), taken(1001)])).toEqual({
      violations: [],
      checked: ['RECIPE-QUEUE'],
    });
  });

  it('RECIPE-QUEUE fails when two committed transactions remove an item', () => {
    expect(violations(multi(4), committed(4), removal(5, item), committed(5))).toEqual([
      `RECIPE-QUEUE: item ${item} was removed at zxid 4 and again at 5`,
    ]);
  });

  it('RECIPE-QUEUE fails when two believe to have taken an item', () => {
    expect(violations(multi(4), committed(4), taken(1001), taken(1002))).toEqual([
      `RECIPE-QUEUE: clients 1001 and 1002 both took ${item}`,
    ]);
  });

  it('RECIPE-QUEUE fails when somebody took what was not removed', () => {
    expect(violations(taken(1001))).toEqual([
      `RECIPE-QUEUE: client 1001 took ${item}, which no transaction removed`,
    ]);
  });

  it('RECIPE-QUEUE fails when two puts are told one item', () => {
    const put = told(1001, 'queue', 'put', '/q', 3);
    expect(violations(put, put)).toEqual(['RECIPE-QUEUE: two puts were told that their item has the zxid 3']);
  });
});

describe('RECIPE-BARRIER', () => {
  const meet = (action: string, member: string, count = 0) =>
    told(1001, 'doubleBarrier', action, '/b', count, `${member}-member`);

  it('RECIPE-BARRIER fails when somebody passes a barrier that stands', () => {
    const lifted = told(1001, 'barrier', 'lifted', '/g');
    const passed = told(1002, 'barrier', 'passed', '/g', 5);
    expect(verdicts([lifted, removal(6, '/g'), passed])).toEqual({
      violations: [],
      checked: ['RECIPE-BARRIER'],
    });
    expect(violations(passed)).toEqual([
      'RECIPE-BARRIER: client 1002 passed the barrier /g of zxid 5, which nobody had removed',
    ]);
    // The removal of an earlier one is none of this one.
    expect(violations(lifted, removal(4, '/g'), passed)).toHaveLength(1);
  });

  const both = [
    meet('arrived', 'a', 2),
    meet('arrived', 'b', 2),
    meet('entered', 'a', 2),
    meet('entered', 'b', 2),
  ];

  it('RECIPE-BARRIER holds when all arrive, enter and leave, or lose their session', () => {
    const leave = [meet('leaving', 'a'), meet('leaving', 'b'), meet('left', 'a'), meet('left', 'b')];
    expect(violations(...both, ...leave)).toEqual([]);
    const closed = proposed(9, { type: OpCode.closeSession, paths: ['/b/members/a-member'] });
    expect(violations(...both, closed, meet('leaving', 'b'), meet('left', 'b'))).toEqual([]);
  });

  it('RECIPE-BARRIER fails when somebody enters before all have arrived, or after one has withdrawn', () => {
    expect(violations(meet('arrived', 'a', 2), meet('entered', 'a', 2))).toEqual([
      'RECIPE-BARRIER: a-member entered /b with 1 of 2 members there',
    ]);
    const withdrawn = [meet('arrived', 'a', 2), meet('arrived', 'b', 2), meet('withdrew', 'b')];
    expect(violations(...withdrawn, meet('entered', 'a', 2))).toHaveLength(1);
  });

  it('RECIPE-BARRIER fails when more enter than were to meet', () => {
    expect(violations(...both, meet('arrived', 'c', 2), meet('entered', 'c', 2))).toEqual([
      'RECIPE-BARRIER: 3 members entered /b, which is for 2',
    ]);
  });

  it('RECIPE-BARRIER fails when somebody leaves while another is in it, or enters after that', () => {
    expect(violations(...both, meet('leaving', 'a'), meet('left', 'a'))).toEqual([
      'RECIPE-BARRIER: a-member left /b while b-member was still in it',
    ]);
    const early = [...both.slice(0, 3), meet('leaving', 'a'), meet('left', 'a'), meet('entered', 'b', 2)];
    expect(violations(...early)).toEqual(['RECIPE-BARRIER: b-member entered /b after another had left it']);
  });
});

describe('RECIPE-COUNTER', () => {
  const begin = (client: number) => told(client, 'counter', 'incrementing', '/c', 1);
  const end = (client: number, value: number) => told(client, 'counter', 'incremented', '/c', value);

  it('RECIPE-COUNTER holds when increments overlap and one is never answered', () => {
    expect(verdicts([begin(1001), begin(1002), begin(1003), end(1002, 3), end(1001, 2)])).toEqual({
      violations: [],
      checked: ['RECIPE-COUNTER'],
    });
  });

  it('RECIPE-COUNTER fails when two increments are told one value', () => {
    expect(violations(begin(1001), begin(1002), end(1001, 1), end(1002, 1))).toEqual([
      'RECIPE-COUNTER: client 1002 incremented /c to 1, as another increment had',
    ]);
  });

  it('RECIPE-COUNTER fails when a later increment is told less', () => {
    expect(violations(begin(1001), begin(1002), end(1001, 2), begin(1001), end(1001, 1))).toEqual([
      'RECIPE-COUNTER: client 1001 incremented /c to 1, though it stood at 2 before',
    ]);
  });

  it('RECIPE-COUNTER fails when an increment counts twice', () => {
    expect(violations(begin(1001), end(1001, 2))).toEqual([
      'RECIPE-COUNTER: /c stands at 2, but only 1 was begun to be added',
    ]);
  });
});

describe('RECIPE-NAMES', () => {
  it('RECIPE-NAMES fails when a number is given twice from one path', () => {
    const given = (client: number, path: string) => told(client, 'names', 'given', path, 4);
    expect(verdicts([given(1001, '/n'), given(1002, '/m')])).toEqual({
      violations: [],
      checked: ['RECIPE-NAMES'],
    });
    expect(violations(given(1001, '/n'), given(1002, '/n'))).toEqual([
      'RECIPE-NAMES: clients 1001 and 1002 both got 4 from /n',
    ]);
  });
});
