import { makeZxid } from '../protocol/zxid.ts';
import { RUN_FORMAT } from '../sim/spec.ts';
import type { Scenario } from './scenario.ts';
import { LAN, QUICK, SETTLE } from './settings.ts';
import { mix } from './workload.ts';

const LAST = makeZxid(1, 20);

export const hierarchicalQuorum: Scenario = {
  id: 'hierarchical-quorum',
  title: 'Four of nine are a quorum',
  story:
    'Nine servers stand in three groups, say three data centres. A quorum is a majority of the groups, each with a ' +
    'majority of its servers: four servers can be enough. The whole third group goes dark, the leader with it, and one ' +
    'server of each other group. Servers 1, 2, 4 and 5 elect a leader and go on; any two such quorums still share a ' +
    'server (QuorumHierarchical).',
  run: {
    format: RUN_FORMAT,
    title: 'Four of nine are a quorum',
    seed: 1,
    ensemble: {
      ...QUICK,
      participants: 9,
      quorum: {
        groups: [
          [1, 2, 3],
          [4, 5, 6],
          [7, 8, 9],
        ],
      },
    },
    world: LAN,
    clients: [mix([1, 2, 4, 5]), mix([1, 2, 4, 5])],
    faults: [
      { when: { on: 'committed', where: { zxid: LAST } }, kind: 'crash', server: 3 },
      { when: { on: 'committed', where: { zxid: LAST } }, kind: 'crash', server: 6 },
      { when: { on: 'committed', where: { zxid: LAST } }, kind: 'powerLoss', server: 7 },
      { when: { on: 'committed', where: { zxid: LAST } }, kind: 'powerLoss', server: 8 },
      { when: { on: 'committed', where: { zxid: LAST } }, kind: 'powerLoss', server: 9 },
    ],
    end: { at: 8000 + SETTLE, healedAt: 8000 },
    expectations: [
      { text: 'five of nine are gone', probe: { on: 'crashed' }, atLeast: 5, atMost: 5 },
      { text: 'the other four establish a leader', probe: { on: 'established', where: { epoch: 2 } } },
      { text: 'and commit', probe: { on: 'committed', where: { zxid: makeZxid(2, 10) } } },
      { text: 'four equal replicas', end: { epoch: 2, converged: true, running: [1, 2, 4, 5] } },
    ],
  },
  narration: [
    {
      when: { on: 'established', where: { server: 9 } },
      text: 'Nine servers in three groups of three. Server 9 leads.',
    },
    {
      when: { on: 'crashed', nth: 5 },
      text: 'The third group is dark, servers 3 and 6 are down: four of nine are left.',
    },
    {
      when: { on: 'established', where: { epoch: 2 } },
      text: 'Two of three in two of three groups: that is a quorum. A new leader serves.',
    },
    {
      when: { on: 'committed', where: { zxid: makeZxid(2, 1) } },
      text: 'Four servers commit a write that a simple majority of nine could not.',
    },
  ],
};
