import { OpCode } from '../protocol/txn.ts';
import { RUN_FORMAT } from '../sim/spec.ts';
import type { Scenario } from './scenario.ts';
import { LAN, QUICK, SETTLE } from './settings.ts';
import { client, script } from './workload.ts';

const FAILS = 'fails: OK, BADVERSION, RUNTIMEINCONSISTENCY';

export const multiFailsInTheMiddle: Scenario = {
  id: 'multi-fails-in-the-middle',
  title: 'A multi that fails in the middle leaves nothing',
  story:
    'Two clients read the same two balances, and each wants to move money: one multi that creates a receipt and sets both ' +
    'balances, provided they still have the versions that were read. The first one succeeds, under one zxid. Of the second one ' +
    'the receipt could be created, but the balance has changed: the leader takes back what it had prepared ' +
    '(PrepRequestProcessor.rollbackPendingChanges) and logs a multi of errors in its place. No server creates the receipt, and ' +
    'no watch fires.',
  run: {
    format: RUN_FORMAT,
    title: 'A multi that fails in the middle leaves nothing',
    seed: 1,
    ensemble: { ...QUICK, participants: 3 },
    world: LAN,
    clients: [
      script([
        { at: 1500, op: 'create', path: '/from', data: '100' },
        { at: 1500, op: 'create', path: '/to', data: '0' },
        { at: 1500, op: 'create', path: '/transfers' },
        // After the first transfer, before the second.
        { at: 2500, op: 'children', path: '/transfers', watch: true },
        { at: 2500, op: 'get', path: '/from', watch: true },
        { at: 2500, op: 'get', path: '/to', watch: true },
      ]),
      client('transfer', { receipt: 'first', readAt: 2000, at: 2200, amount: 30 }),
      client('transfer', { receipt: 'second', readAt: 2000, at: 2800, amount: 50 }),
    ],
    faults: [],
    end: { at: 4000 + SETTLE, healedAt: 4000 },
    expectations: [
      {
        text: 'the first transfer succeeds',
        probe: { on: 'told', where: { client: 1002, action: 'moves 30' } },
        atLeast: 1,
        atMost: 1,
      },
      {
        text: 'the second one fails at its second operation; the third one is not tried',
        probe: {
          on: 'told',
          where: { client: 1003, action: FAILS },
        },
        atLeast: 1,
        atMost: 1,
      },
      {
        text: 'its receipt is not there',
        probe: { on: 'told', where: { client: 1003, action: 'finds no receipt' } },
        atLeast: 1,
        atMost: 1,
      },
      {
        text: 'both multis have their place in the order of transactions',
        probe: { on: 'proposed', where: { op: OpCode.multi } },
        atLeast: 2,
        atMost: 2,
      },
      { text: 'no watch fires', probe: { on: 'watchFired' }, atMost: 0 },
      {
        text: 'all replicas have the first receipt and not the second',
        end: {
          converged: true,
          running: [1, 2, 3],
          exists: ['/transfers/first'],
          absent: ['/transfers/second'],
        },
      },
    ],
  },
  narration: [
    {
      when: { on: 'told', where: { client: 1002, action: 'moves 30' } },
      text: 'Receipt and both balances are written by one transaction.',
    },
    {
      when: { on: 'answered', where: { client: 1001, op: OpCode.getData }, nth: 2 },
      text: 'Client 1 now watches both balances and the receipts.',
    },
    {
      when: { on: 'told', where: { client: 1003, action: FAILS } },
      text: 'The balance is not the one that was read. The OK says only that the receipt was not the mistake.',
    },
    {
      when: { on: 'told', where: { client: 1003, action: 'finds no receipt' } },
      text: 'All or nothing: what came before the mistake is not there either.',
    },
  ],
};
