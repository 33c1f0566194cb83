import { makeZxid } from '../protocol/zxid.ts';
import { RUN_FORMAT } from '../sim/spec.ts';
import type { Scenario } from './scenario.ts';
import { LAN, QUICK, SETTLE } from './settings.ts';
import { mix } from './workload.ts';

export const corruptLogRefusesStart: Scenario = {
  id: 'corrupt-log-refuses-start',
  title: 'A server with a corrupt log refuses to start',
  story:
    'Server 1 crashes, and while it is down a byte of its log flips, five records before the end. At its next start the ' +
    'checksum of that record fails. A torn last record is a write that never finished and may be cut off; a bad record ' +
    'with good ones behind it is lost history that the server has already acknowledged, so it refuses to start. Two of ' +
    'three go on without it.',
  run: {
    format: RUN_FORMAT,
    title: 'A server with a corrupt log refuses to start',
    seed: 1,
    ensemble: { ...QUICK, participants: 3 },
    world: LAN,
    clients: [mix(), mix()],
    faults: [
      { when: { on: 'flushed', where: { server: 1 }, nth: 20 }, kind: 'crash', server: 1 },
      { when: { on: 'crashed', where: { server: 1 } }, delay: 500, kind: 'corrupt', server: 1, record: 5 },
      { when: { on: 'crashed', where: { server: 1 } }, delay: 1000, kind: 'restart', server: 1 },
    ],
    end: { at: 7000 + SETTLE, healedAt: 7000 },
    expectations: [
      {
        text: 'a record is corrupted',
        probe: { on: 'corrupted', where: { server: 1 } },
        atLeast: 1,
        atMost: 1,
      },
      {
        text: 'server 1 refuses to start',
        probe: { on: 'refused', where: { server: 1 } },
        atLeast: 1,
        atMost: 1,
      },
      { text: 'and takes no part any more', probe: { on: 'loaded', where: { server: 1 } }, atMost: 1 },
      { text: 'the leader stays', probe: { on: 'established' }, atMost: 1 },
      { text: 'servers 2 and 3 are equal', end: { leader: 3, epoch: 1, converged: true, running: [2, 3] } },
    ],
  },
  narration: [
    { when: { on: 'crashed', where: { server: 1 } }, text: 'Server 1 crashes.' },
    { when: { on: 'corrupted', where: { server: 1 } }, text: 'A byte in the log of server 1 flips on disk.' },
    {
      when: { on: 'refused', where: { server: 1 } },
      text: 'Server 1 finds the record by its checksum and refuses to start: better no server than a wrong one.',
    },
    {
      when: { on: 'committed', where: { zxid: makeZxid(1, 60) } },
      text: 'Servers 2 and 3 are a quorum and go on.',
    },
  ],
};
