import { RUN_FORMAT } from '../../sim/spec.ts';
import type { Scenario } from '../scenario.ts';
import { LAN, QUICK, SETTLE } from '../settings.ts';
import { broker, tellsOf } from './cast.ts';

const kafka = tellsOf('kafka');

/** What the real system does the same way. */
const SAME =
  'In Kafka with ZooKeeper, who creates the ephemeral /controller raises /controller_epoch in the same multi, ' +
  'writes only under that version, and brokers refuse requests of an older controller epoch.';

export const kafkaControllerEpoch: Scenario = {
  id: 'kafka-controller-epoch',
  title: 'Kafka: a controller wakes up too late',
  story:
    'Three Kafka brokers elect a controller: broker 1 creates /controller and raises /controller_epoch to 1 in one ' +
    'multi. Then its process stands still for longer than its session. ZooKeeper removes /controller, broker 2 or 3 is ' +
    'elected with epoch 2 and gives orders; when broker 1 wakes it still gives one of epoch 1, which every broker that ' +
    'has heard of epoch 2 refuses. An election alone does not stop a leader that sleeps: its epoch does. ' +
    SAME,
  system: {
    name: 'Kafka',
    same: SAME,
  },
  run: {
    format: RUN_FORMAT,
    title: 'Kafka: a controller wakes up too late',
    seed: 1,
    ensemble: { ...QUICK, participants: 3 },
    world: LAN,
    clients: [broker(1, 1500), broker(2, 2000), broker(3, 2000)],
    faults: [
      {
        when: { on: 'told', where: { recipe: 'kafka', action: 'published', token: 1 }, nth: 3 },
        kind: 'clientPause',
        client: 1,
        for: 5000,
      },
    ],
    end: { at: 12_000 + SETTLE, healedAt: 12_000 },
    expectations: [
      {
        text: 'broker 1 is elected with epoch 1',
        probe: kafka('elected', { client: 1001, token: 1 }),
        atLeast: 1,
        atMost: 1,
      },
      {
        text: 'another is elected with epoch 2',
        probe: kafka('elected', { token: 2 }),
        atLeast: 1,
        atMost: 1,
      },
      { text: 'nobody is elected besides', probe: kafka('elected'), atMost: 2 },
      { text: 'both other brokers refuse epoch 1', probe: kafka('refused', { token: 1 }), atLeast: 2 },
      {
        text: 'broker 2 refuses it',
        probe: kafka('refused', { client: 1002, token: 1 }),
        atLeast: 1,
        atMost: 1,
      },
      {
        text: 'broker 3 refuses it',
        probe: kafka('refused', { client: 1003, token: 1 }),
        atLeast: 1,
        atMost: 1,
      },
      { text: 'broker 1 obeys epoch 2 in the end', probe: kafka('obeyed', { client: 1001, token: 2 }) },
      { text: 'all replicas are equal', end: { converged: true, running: [1, 2, 3] } },
    ],
  },
  narration: [
    { when: kafka('elected', { token: 1 }), text: 'Broker 1 is the controller of epoch 1.' },
    {
      when: { on: 'clientPaused' },
      text: 'Broker 1 stands still. It will not notice that its session ends.',
    },
    {
      when: kafka('elected', { token: 2 }),
      text: 'Its session has expired and /controller with it: another broker is elected, with epoch 2.',
    },
    {
      when: { on: 'clientResumed' },
      text: 'Broker 1 wakes and takes itself for the controller.',
    },
    { when: kafka('refused', { token: 1 }), text: 'A broker that has obeyed epoch 2 refuses its order.' },
    {
      when: kafka('session lost', { client: 1001 }),
      text: 'Broker 1 learns that its session is gone, and goes on in a new one as a plain broker.',
    },
  ],
};
