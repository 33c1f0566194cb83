import { ErrorCode, OpCode } from '../protocol/txn.ts';
import { RUN_FORMAT } from '../sim/spec.ts';
import { FOLLOWER_CRASH } from './follower-crash.ts';
import type { Scenario } from './scenario.ts';

export const twoPhaseCommitBlocks: Scenario = {
  id: 'two-phase-commit-blocks',
  title: 'Two-phase commit: one crash stops everything',
  story:
    'Zab\'s broadcast looks like two-phase commit without aborts (Junqueira, Reed and Serafini, "Zab", 2011). Here it is made one: ' +
    'a proposal commits once every participant has acknowledged it, as in Gray\'s "Notes on Data Base Operating Systems". Nothing ' +
    'can be lost that way, but server 1 crashes, its acknowledgment never comes, and with two healthy servers nothing commits ' +
    'any more. The scenario zab-carries-on is the same crash with a quorum.',
  run: {
    ...FOLLOWER_CRASH,
    format: RUN_FORMAT,
    title: 'Two-phase commit: one crash stops everything',
    variant: { name: 'two-phase-commit' },
    expectations: [
      {
        text: 'the session and the two writes before the crash commit, and nothing after it',
        probe: { on: 'committed', where: { server: 3 } },
        atLeast: 3,
        atMost: 3,
      },
      {
        text: 'the third write is proposed',
        probe: { on: 'proposed', where: { path: '/after1' } },
        atLeast: 1,
        atMost: 1,
      },
      {
        text: 'the client has its answer to two writes',
        probe: { on: 'answered', where: { client: 1001, op: OpCode.create, err: ErrorCode.OK } },
        atLeast: 2,
        atMost: 2,
      },
      {
        text: 'and does not learn what became of the other two',
        probe: {
          on: 'answered',
          where: { client: 1001, op: OpCode.create, err: ErrorCode.CONNECTIONLOSS },
        },
        atLeast: 2,
        atMost: 2,
      },
      {
        text: 'no server has the third write',
        end: {
          leader: 3,
          epoch: 1,
          running: [2, 3],
          exists: ['/before1', '/before2'],
          absent: ['/after1', '/after2'],
        },
      },
    ],
  },
  narration: [
    {
      when: { on: 'answered', where: { client: 1001, op: OpCode.create }, nth: 2 },
      text: 'Two writes: three servers have acknowledged each. So far nobody could tell the protocols apart.',
    },
    {
      when: { on: 'crashed', where: { server: 1 } },
      text: 'One of three servers is gone, and does not come back.',
    },
    {
      when: { on: 'acked', where: { server: 2 }, nth: 4 },
      text: 'Servers 2 and 3 have the next write on disk. The leader waits for server 1, and will wait forever.',
    },
    {
      when: { on: 'answered', where: { client: 1001, op: OpCode.create, err: ErrorCode.CONNECTIONLOSS } },
      text: 'Even its pings wait behind the write, so the client takes its server for dead and connects anew.',
    },
    {
      when: { on: 'proposed', where: { path: '/after2' } },
      text: 'Its next write waits like the one before. Reads would still be answered.',
    },
  ],
};
