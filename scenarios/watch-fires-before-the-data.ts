import { WatchEventType } from '../protocol/client-messages.ts';
import { OpCode } from '../protocol/txn.ts';
import { RUN_FORMAT } from '../sim/spec.ts';
import type { Scenario } from './scenario.ts';
import { LAN, QUICK, SETTLE } from './settings.ts';
import { client, script } from './workload.ts';

const PATH = '/config';

export const watchFiresBeforeTheData: Scenario = {
  id: 'watch-fires-before-the-data',
  title: 'A watch fires before the new data can be seen',
  story:
    'Three clients, one at each server, watch /config and at the same time read it again and again, as fast as answers come. A ' +
    'fourth one sets it to "new". The servers apply that at different moments, but at each of them the event goes out while the ' +
    'transaction is applied, before any answer from the changed tree (DataTree.setData, WatchManager.triggerWatch). So nobody ' +
    'reads "new" who has not been told before, and who has not been told still lives in the old configuration.',
  run: {
    format: RUN_FORMAT,
    title: 'A watch fires before the new data can be seen',
    seed: 1,
    ensemble: { ...QUICK, participants: 3 },
    world: LAN,
    clients: [
      script([
        { at: 1500, op: 'create', path: PATH, data: 'old' },
        { at: 2500, op: 'set', path: PATH, data: 'new' },
      ]),
      ...[1, 2, 3].map((server) => client('watchingReader', { path: PATH, at: 2400 }, [server])),
    ],
    faults: [],
    end: { at: 3000 + SETTLE, healedAt: 3000 },
    expectations: [
      {
        text: 'each reader gets one event',
        probe: { on: 'notified', where: { type: WatchEventType.NodeDataChanged, path: PATH } },
        atLeast: 3,
        atMost: 3,
      },
      {
        text: 'and reads the new data after it',
        probe: { on: 'told', where: { action: 'reads "new" after its watch event' } },
        atLeast: 3,
        atMost: 3,
      },
      {
        text: 'nobody reads the new data first',
        probe: { on: 'told', where: { action: 'reads "new" without a watch event' } },
        atMost: 0,
      },
      {
        text: 'all replicas are equal in the end',
        end: { converged: true, running: [1, 2, 3], exists: [PATH] },
      },
    ],
  },
  narration: [
    {
      when: { on: 'proposed', where: { op: OpCode.setData, path: PATH } },
      text: 'The leader proposes the new data. All three readers are in the middle of reading the old ones.',
    },
    {
      when: { on: 'watchFired', where: { path: PATH } },
      text: 'The first server applies them. Before it answers anything else, it sends the event.',
    },
    {
      when: { on: 'notified', where: { path: PATH }, nth: 3 },
      text: 'The last of the three is told. Only now can it come to read the new data.',
    },
  ],
};
