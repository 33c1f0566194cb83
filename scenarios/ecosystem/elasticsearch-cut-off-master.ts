import { RUN_FORMAT } from '../../sim/spec.ts';
import type { Scenario } from '../scenario.ts';
import { LAN, QUICK, SETTLE } from '../settings.ts';
import { process, REST_MS, tellsOf } from './cast.ts';

const elasticsearch = tellsOf('elasticsearch');
const node = (name: string, from: number) => process('elasticsearchNode', { name, from, until: REST_MS });

/** What the real system does the same way. */
const SAME =
  'In Elasticsearch with the ZooKeeper discovery plugin, nodes list themselves as ephemerals below nodes, the ' +
  'maker of the ephemeral leader is master and publishes the state, and after an expiry a node joins anew.';

export const elasticsearchCutOffMaster: Scenario = {
  id: 'elasticsearch-cut-off-master',
  title: 'Elasticsearch: a master that is cut off publishes nothing',
  story:
    'Three Elasticsearch nodes with the former ZooKeeper discovery plugin: node a has made the ephemeral leader node and ' +
    'publishes the cluster state, without any version check. Then the network cuts it off from ZooKeeper. Its session ' +
    'expires, another node becomes master and publishes; what node a tries meanwhile does not arrive. No second master ' +
    'can publish, since a write and the leader node belong to one session: once the node is gone, so is the right to write. ' +
    SAME,
  system: {
    name: 'Elasticsearch',
    same: SAME,
  },
  run: {
    format: RUN_FORMAT,
    title: 'Elasticsearch: a master that is cut off publishes nothing',
    seed: 1,
    ensemble: { ...QUICK, participants: 3 },
    world: LAN,
    clients: [node('a', 1500), node('b', 2000), node('c', 2000)],
    faults: [
      {
        when: elasticsearch('published', { client: 1001, token: 4 }),
        kind: 'clientCut',
        client: 1,
        to: 'all',
      },
      { when: elasticsearch('elected', {}, 2), delay: 2000, kind: 'heal' },
    ],
    end: { at: 12_000 + SETTLE, healedAt: 12_000 },
    expectations: [
      {
        text: 'node a is master first',
        probe: elasticsearch('elected', { client: 1001 }),
        atLeast: 1,
        atMost: 1,
      },
      { text: 'there are two masters in all', probe: elasticsearch('elected'), atLeast: 2, atMost: 2 },
      {
        text: 'node a publishes nothing after it was cut off',
        probe: elasticsearch('published', { client: 1001 }),
        atMost: 4,
      },
      { text: 'it tries', probe: elasticsearch('cannot publish', { client: 1001 }) },
      { text: 'its successor goes on with version 5', probe: elasticsearch('published', { token: 5 }) },
      {
        text: 'node a loses its session',
        probe: elasticsearch('session lost', { client: 1001 }),
        atLeast: 1,
        atMost: 1,
      },
      { text: 'and joins anew', probe: elasticsearch('joined', { client: 1001 }), atLeast: 2, atMost: 2 },
      { text: 'and follows the new master', probe: elasticsearch('adopted', { client: 1001 }) },
      { text: 'all replicas are equal', end: { converged: true, running: [1, 2, 3] } },
    ],
  },
  narration: [
    { when: elasticsearch('elected'), text: 'Node a has made the leader node: it is master.' },
    { when: { on: 'clientCut' }, text: 'Node a reaches no ZooKeeper server any more.' },
    {
      when: elasticsearch('cannot publish'),
      text: 'Node a still believes to be master; what it publishes does not arrive.',
    },
    {
      when: elasticsearch('elected', {}, 2),
      text: 'Its session has expired, and the leader node with it: another node is master.',
    },
    {
      when: elasticsearch('session lost', { client: 1001 }),
      text: 'Node a has heard nothing for longer than its session lasts: it gives it up, and will join anew.',
    },
    {
      when: elasticsearch('adopted', { client: 1001 }),
      text: 'Healed, it has joined anew and takes over the state of the new master.',
    },
  ],
};
