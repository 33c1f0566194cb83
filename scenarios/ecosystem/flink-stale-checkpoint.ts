import { RUN_FORMAT } from '../../sim/spec.ts';
import type { Scenario } from '../scenario.ts';
import { LAN, QUICK, SETTLE } from '../settings.ts';
import { process, tellsOf } from './cast.ts';

const flink = tellsOf('flink');
const until = 7500;
const jobManager = (name: string, from: number, upload: number) =>
  process('flinkJobManager', { name, from, until, tasks: 1, upload });

/** What the real system does the same way. */
const SAME =
  'In Flink, JobManagers elect a leader by a Curator latch, publish a fencing token that TaskManagers demand, ' +
  'step down when their connection is suspended, and replace state handles in ZooKeeper under the version they ' +
  'have read.';

export const flinkStaleCheckpoint: Scenario = {
  id: 'flink-stale-checkpoint',
  title: 'Flink: a checkpoint begun under another leader',
  story:
    'JobManager a leads and writes a large checkpoint when its connection to ZooKeeper breaks. It steps down, as Curator ' +
    'demands, and gives up its place in line once it is connected again: JobManager b leads with a new fencing token, and ' +
    'the TaskManager registers there and refuses heartbeats of the old one. The checkpoint of JobManager a is still being ' +
    'written; when it is done the pointer has a newer version, so it cannot be completed any more. ' +
    SAME,
  system: {
    name: 'Flink',
    same: SAME,
  },
  run: {
    format: RUN_FORMAT,
    title: 'Flink: a checkpoint begun under another leader',
    seed: 1,
    ensemble: { ...QUICK, participants: 3 },
    world: LAN,
    clients: [
      { program: { name: 'flinkTaskExecutor', params: {} } },
      process('flinkTaskManager', { name: 'tasks', from: 1500, until, tasks: 1 }),
      jobManager('JobManager a', 1500, 2500),
      jobManager('JobManager b', 2000, 600),
    ],
    faults: [
      {
        when: flink('began checkpoint', { client: 1003, token: 2 }),
        delay: 300,
        kind: 'clientDisconnect',
        client: 3,
      },
    ],
    end: { at: 12_000 + SETTLE, healedAt: 12_000 },
    expectations: [
      { text: 'JobManager a leads first', probe: flink('leader', { client: 1003 }), atLeast: 1, atMost: 1 },
      {
        text: 'it completes one checkpoint',
        probe: flink('completed checkpoint', { client: 1003 }),
        atLeast: 1,
        atMost: 1,
      },
      { text: 'it is suspended', probe: flink('suspended', { client: 1003 }), atLeast: 1, atMost: 1 },
      { text: 'JobManager b leads', probe: flink('leader', { client: 1004 }), atLeast: 1, atMost: 1 },
      {
        text: 'and completes checkpoint 2',
        probe: flink('completed checkpoint', { client: 1004, token: 2 }),
        atLeast: 1,
        atMost: 1,
      },
      { text: 'the TaskManager refuses the old leader', probe: flink('refused', { holder: 'JobManager a' }) },
      {
        text: 'whose checkpoint 2 is given up',
        probe: flink('gave up checkpoint', { client: 1003, token: 2 }),
        atLeast: 1,
        atMost: 1,
      },
      { text: 'nobody has lost a session', probe: { on: 'expired' }, atMost: 0 },
      { text: 'all replicas are equal', end: { converged: true, running: [1, 2, 3] } },
    ],
  },
  narration: [
    { when: flink('leader'), text: 'JobManager a leads.' },
    {
      when: flink('began checkpoint', { token: 2 }),
      text: 'It writes the second checkpoint; that takes a while.',
    },
    {
      when: flink('suspended'),
      text: 'Its connection breaks: it steps down, but the checkpoint is under way.',
    },
    { when: flink('leader', {}, 2), text: 'JobManager b leads with a new fencing token.' },
    { when: flink('refused'), text: 'The TaskManager has registered there, and refuses the old leader.' },
    { when: flink('completed checkpoint', { client: 1004 }), text: 'JobManager b completes checkpoint 2.' },
    {
      when: flink('gave up checkpoint'),
      text: 'The old checkpoint 2 comes too late: the pointer has another version.',
    },
  ],
};
