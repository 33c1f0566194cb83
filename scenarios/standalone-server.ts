import { makeZxid } from '../protocol/zxid.ts';
import { RUN_FORMAT } from '../sim/spec.ts';
import type { Scenario } from './scenario.ts';
import { LAN, QUICK, SETTLE } from './settings.ts';
import { mix } from './workload.ts';

export const standaloneServer: Scenario = {
  id: 'standalone-server',
  title: 'One server alone loses power',
  story:
    'A single server needs no election and no quorum: a write is done once its own disk holds it. It takes a snapshot ' +
    'now and then and begins a new log file with it. When it loses power and comes back, it loads the newest snapshot ' +
    'and replays the log behind it, and everything it ever answered is there (ZooKeeperServerMain).',
  run: {
    format: RUN_FORMAT,
    title: 'One server alone loses power',
    seed: 1,
    ensemble: { ...QUICK, participants: 1, snapCount: 20 },
    world: LAN,
    clients: [mix(), mix()],
    faults: [
      { when: { on: 'committed', where: { zxid: makeZxid(0, 50) } }, kind: 'powerLoss', server: 1 },
      { when: { on: 'crashed', where: { server: 1 } }, delay: 1000, kind: 'restart', server: 1 },
    ],
    end: { at: 8000 + SETTLE, healedAt: 8000 },
    expectations: [
      { text: 'there is no election', probe: { on: 'elected' }, atMost: 0 },
      { text: 'the log rolls and a snapshot is taken', probe: { on: 'snapshotTaken' }, atLeast: 2 },
      { text: 'the server loads its disk twice', probe: { on: 'loaded' }, atLeast: 2, atMost: 2 },
      { text: 'and goes on from where it was', probe: { on: 'committed', where: { zxid: makeZxid(0, 60) } } },
      { text: 'it serves at the end', end: { running: [1], converged: true } },
    ],
  },
  narration: [
    { when: { on: 'established' }, text: 'Server 1 is alone: it serves at once.' },
    {
      when: { on: 'committed' },
      text: 'One disk holds the first write. One of one is a quorum: committed.',
    },
    { when: { on: 'logRolled' }, text: 'A snapshot is due; the log goes on in a new file.' },
    { when: { on: 'crashed', where: { server: 1 } }, text: 'The power goes in the instant of a commit.' },
    {
      when: { on: 'loaded', nth: 2 },
      text: 'The newest snapshot and the log behind it bring back all that was committed.',
    },
  ],
};
