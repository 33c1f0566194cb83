import { ErrorCode, OpCode } from '../protocol/txn.ts';
import { RUN_FORMAT } from '../sim/spec.ts';
import { FOLLOWER_CRASH } from './follower-crash.ts';
import type { Scenario } from './scenario.ts';

export const zabCarriesOn: Scenario = {
  id: 'zab-carries-on',
  title: 'Zab: the others carry on after the same crash',
  story:
    'The crash of two-phase-commit-blocks, with Zab as it is: a proposal commits once a quorum has acknowledged it ' +
    '(Leader.tryToCommit). Server 1 crashes, servers 2 and 3 are two of three, and writes go on as if nothing had happened. ' +
    'What is committed is on a quorum, so any later quorum knows of it: that is what makes it safe not to wait for all.',
  run: {
    ...FOLLOWER_CRASH,
    format: RUN_FORMAT,
    title: 'Zab: the others carry on after the same crash',
    end: { ...FOLLOWER_CRASH.end, healedAt: 4000 },
    expectations: [
      {
        text: 'the session and all four writes commit',
        probe: { on: 'committed', where: { server: 3 } },
        atLeast: 5,
        atMost: 5,
      },
      {
        text: 'the client has its answer to four writes',
        probe: { on: 'answered', where: { client: 1001, op: OpCode.create, err: ErrorCode.OK } },
        atLeast: 4,
        atMost: 4,
      },
      {
        text: 'both servers have all four',
        end: {
          leader: 3,
          epoch: 1,
          converged: true,
          running: [2, 3],
          exists: ['/before1', '/before2', '/after1', '/after2'],
        },
      },
    ],
  },
  narration: [
    {
      when: { on: 'answered', where: { client: 1001, op: OpCode.create }, nth: 2 },
      text: 'Two writes: three servers have acknowledged each.',
    },
    {
      when: { on: 'crashed', where: { server: 1 } },
      text: 'One of three servers is gone, and does not come back.',
    },
    {
      when: { on: 'answered', where: { client: 1001, op: OpCode.create }, nth: 3 },
      text: 'Servers 2 and 3 have the next write on disk. Two of three are a quorum: it is committed and answered.',
    },
  ],
};
