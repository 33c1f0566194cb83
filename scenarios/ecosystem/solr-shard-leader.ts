import { RUN_FORMAT } from '../../sim/spec.ts';
import type { Scenario } from '../scenario.ts';
import { LAN, QUICK, SETTLE } from '../settings.ts';
import { process, REST_MS, tellsOf } from './cast.ts';

const solr = tellsOf('solr');
const until = REST_MS;
const overseer = (name: string, from: number) => process('solrOverseer', { name, from, until });
const replica = (name: string, from: number) =>
  process('solrReplica', { name, from, until, replicas: [3, 4, 5] });

/** What the real system does the same way. */
const SAME =
  'In SolrCloud, the first replica in the election line registers as leader in a multi that also raises the ' +
  "version of the shard's leaders node, and the overseer writes state.json from its queue under the version it " +
  'has read.';

export const solrShardLeader: Scenario = {
  id: 'solr-shard-leader',
  title: 'Solr: a shard changes its leader while the overseer dies',
  story:
    'Three replicas of a Solr shard stand in line; the first is registered as leader and tells the overseer through a ' +
    'queue, which writes it into state.json. Then the leader stands still for longer than its session, and the overseer ' +
    'is killed. The next replica becomes leader under a higher version and puts its message into the queue; the next ' +
    'overseer finds it there and writes the state. Meanwhile the new leader marks the silent replica down, which only the ' +
    'registered leader can do, since that write checks the version. ' +
    SAME,
  system: {
    name: 'Solr',
    same: SAME,
  },
  run: {
    format: RUN_FORMAT,
    title: 'Solr: a shard changes its leader while the overseer dies',
    seed: 1,
    ensemble: { ...QUICK, participants: 3 },
    world: LAN,
    clients: [
      overseer('overseer a', 1500),
      overseer('overseer b', 1800),
      replica('core_node1', 1500),
      replica('core_node2', 1800),
      replica('core_node3', 2100),
    ],
    faults: [
      { at: 3500, kind: 'clientPause', client: 3, for: 5500 },
      { at: 3600, kind: 'clientCrash', client: 1 },
    ],
    end: { at: 12_000 + SETTLE, healedAt: 12_000 },
    expectations: [
      { text: 'core_node1 leads first', probe: solr('leader', { client: 1003 }), atLeast: 1, atMost: 1 },
      { text: 'core_node2 leads after it', probe: solr('leader', { client: 1004 }), atLeast: 1, atMost: 1 },
      {
        text: 'under the next version',
        probe: solr('leader', { client: 1004, token: 2 }),
        atLeast: 1,
        atMost: 1,
      },
      { text: 'there are two leaders in all', probe: solr('leader'), atLeast: 2, atMost: 2 },
      { text: 'there are two overseers', probe: solr('overseer'), atLeast: 2, atMost: 2 },
      {
        text: 'the second writes the second leader into the state',
        probe: solr('state written', { client: 1002, token: 2 }),
        atLeast: 1,
        atMost: 1,
      },
      { text: 'the silent replica is marked down', probe: solr('marked down', { client: 1004, token: 2 }) },
      {
        text: 'core_node1 loses its session',
        probe: solr('session lost', { client: 1003 }),
        atLeast: 1,
        atMost: 1,
      },
      { text: 'all replicas are equal', end: { converged: true, running: [1, 2, 3] } },
    ],
  },
  narration: [
    { when: solr('leader'), text: 'Core_node1 is the first in line: it leads the shard.' },
    { when: solr('state written'), text: 'The overseer has written it into state.json, where clients look.' },
    { when: { on: 'clientPaused' }, text: 'The leader stands still.' },
    { when: { on: 'clientCrashed' }, text: 'The overseer dies as well.' },
    {
      when: solr('leader', {}, 2),
      text: 'The place of core_node1 is gone with its session: core_node2 leads.',
    },
    { when: solr('overseer', {}, 2), text: 'Overseer b takes over the queue.' },
    { when: solr('marked down'), text: 'The leader gets no answer from a replica and marks it down.' },
    {
      when: solr('session lost'),
      text: 'Core_node1 wakes, learns that its session is gone and goes to the end of the line.',
    },
  ],
};
