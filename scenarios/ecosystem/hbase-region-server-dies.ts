import { RUN_FORMAT } from '../../sim/spec.ts';
import type { Scenario } from '../scenario.ts';
import { LAN, QUICK, SETTLE } from '../settings.ts';
import { process, REST_MS, tellsOf } from './cast.ts';

const hbase = tellsOf('hbase');
const until = REST_MS;
const files = { program: { name: 'hbaseFiles', params: {} } };
const master = (name: string, from: number) =>
  process('hbaseMaster', { name, from, until, store: 1, regions: ['north', 'south', 'west'] });
const regionServer = (name: string) => process('hbaseRegionServer', { name, from: 1500, until, store: 1 });

/** What the real system does the same way. */
const SAME =
  'In HBase, a master reassigns the regions of a server only after its ephemeral below /hbase/rs is gone and ' +
  'its write-ahead log is closed to late writers, and a region server whose session expires aborts.';

export const hbaseRegionServerDies: Scenario = {
  id: 'hbase-region-server-dies',
  title: 'HBase: a region server is given up, and so is its master',
  story:
    'Three HBase region servers have one region each. One of them stands still for longer than its session, and half a ' +
    'second later the active master is killed. The backup master becomes active when /hbase/master has expired, finds the ' +
    "region server's node gone, closes its log and gives its region to another. When the region server wakes it writes " +
    'at once, as if nothing had happened: its log takes nothing any more, and it aborts and comes back as a new server. ' +
    SAME,
  system: {
    name: 'HBase',
    same: SAME,
  },
  run: {
    format: RUN_FORMAT,
    title: 'HBase: a region server is given up, and so is its master',
    seed: 1,
    ensemble: { ...QUICK, participants: 3 },
    world: LAN,
    clients: [
      files,
      master('master a', 2000),
      master('master b', 2500),
      regionServer('rs1'),
      regionServer('rs2'),
      regionServer('rs3'),
    ],
    faults: [
      { at: 3500, kind: 'clientPause', client: 4, for: 5000 },
      { at: 4000, kind: 'clientCrash', client: 2 },
    ],
    end: { at: 12_000 + SETTLE, healedAt: 12_000 },
    expectations: [
      {
        text: 'master a is active first',
        probe: hbase('active master', { holder: 'master a' }),
        atLeast: 1,
        atMost: 1,
      },
      {
        text: 'master b after it',
        probe: hbase('active master', { holder: 'master b' }),
        atLeast: 1,
        atMost: 1,
      },
      {
        text: 'three regions are assigned, and one of them again',
        probe: hbase('assigned'),
        atLeast: 4,
        atMost: 4,
      },
      { text: 'one log is closed', probe: hbase('closed log'), atLeast: 1, atMost: 1 },
      { text: 'the late region server is refused', probe: hbase('refused edit'), atLeast: 1, atMost: 1 },
      { text: 'it aborts', probe: hbase('aborts', { client: 1004 }), atLeast: 1, atMost: 1 },
      {
        text: 'and comes back as another',
        probe: hbase('registered', { client: 1004 }),
        atLeast: 2,
        atMost: 2,
      },
      { text: 'all replicas are equal', end: { converged: true, running: [1, 2, 3] } },
    ],
  },
  narration: [
    { when: hbase('active master'), text: 'Master a is active and gives each region server a region.' },
    { when: { on: 'clientPaused' }, text: 'Region server rs1 stands still.' },
    { when: { on: 'clientCrashed' }, text: 'The active master dies before it could notice.' },
    {
      when: hbase('active master', {}, 2),
      text: 'The session of master a has expired: master b is active.',
    },
    {
      when: hbase('closed log'),
      text: 'The znode of rs1 is gone: its log is closed, so that nothing is written to it any more.',
    },
    { when: hbase('assigned', {}, 4), text: 'Now its region can go to another server.' },
    {
      when: hbase('refused edit'),
      text: 'Region server rs1 wakes and writes: the closed log refuses the edit.',
    },
    {
      when: hbase('aborts'),
      text: 'It aborts, and its supervisor starts it again under another start code.',
    },
  ],
};
