import { RUN_FORMAT } from '../../sim/spec.ts';
import type { Scenario } from '../scenario.ts';
import { LAN, QUICK, SETTLE } from '../settings.ts';
import { process, tellsOf } from './cast.ts';

const dubbo = tellsOf('dubbo');
const until = 15_500;
/** Longer than ZooKeeper is away, ms. */
const sessionTimeout = 4000;
const provider = (name: string) => process('dubboProvider', { name, from: 1500, until, sessionTimeout });

/** What the real system does the same way. */
const SAME =
  "In Dubbo, providers are ephemerals below the interface's providers node, consumers watch them and replace " +
  'their list, and they keep calling by the last list while the registry cannot be reached.';

export const dubboRegistryAway: Scenario = {
  id: 'dubbo-registry-away',
  title: 'Dubbo: services go on while the registry is away',
  story:
    'Two providers of a Dubbo service are registered as ephemerals, and a consumer calls them in turn. One provider dies: ' +
    'calls to it fail over to the other until its session expires and the consumer is notified of a shorter list. Then all ' +
    'of ZooKeeper is down for two seconds; the consumer goes on calling by the list it has. ZooKeeper comes back with ' +
    'its sessions, the dead provider is started again, and the consumer hears of it. ' +
    SAME,
  system: {
    name: 'Dubbo',
    same: SAME,
  },
  run: {
    format: RUN_FORMAT,
    title: 'Dubbo: services go on while the registry is away',
    seed: 1,
    ensemble: { ...QUICK, participants: 3 },
    world: LAN,
    clients: [
      provider('host1'),
      provider('host2'),
      process('dubboConsumer', {
        name: 'shop',
        from: 2000,
        until,
        sessionTimeout,
        places: { host1: 1, host2: 2 },
      }),
    ],
    faults: [
      { at: 3500, kind: 'clientCrash', client: 1 },
      { at: 8500, kind: 'crash', server: 1 },
      { at: 8500, kind: 'crash', server: 2 },
      { at: 8500, kind: 'crash', server: 3 },
      { at: 10_500, kind: 'restart', server: 'all' },
      { at: 13_000, kind: 'clientRestart', client: 1 },
    ],
    end: { at: 14_000 + SETTLE, healedAt: 14_000 },
    expectations: [
      {
        text: 'the consumer knows both providers first',
        probe: dubbo('notified', { holder: 'host1 host2' }),
      },
      { text: 'calls to the dead provider fail', probe: dubbo('called in vain', { holder: 'host1' }) },
      { text: 'the consumer drops it', probe: dubbo('notified', { holder: 'host2' }) },
      {
        text: 'and calls the other one while the registry is away',
        probe: dubbo('called without the registry', { holder: 'host2' }),
      },
      {
        text: 'the consumer is left without providers at no time',
        probe: dubbo('notified', { holder: '' }),
        atMost: 0,
      },
      {
        text: 'the provider registers anew',
        probe: dubbo('registered', { client: 1001 }),
        atLeast: 2,
        atMost: 2,
      },
      {
        text: 'and the consumer hears of it',
        probe: dubbo('notified', { holder: 'host1 host2' }),
        atLeast: 2,
      },
      { text: 'all replicas are equal', end: { converged: true, running: [1, 2, 3] } },
    ],
  },
  narration: [
    { when: dubbo('notified'), text: 'The consumer has its list of providers.' },
    { when: { on: 'clientCrashed' }, text: 'The provider on host1 dies.' },
    {
      when: dubbo('called in vain'),
      text: 'It is still on the list: a call fails, and the next provider is asked.',
    },
    { when: dubbo('notified', { holder: 'host2' }), text: 'Its session has expired: the consumer drops it.' },
    {
      when: dubbo('called without the registry'),
      text: 'ZooKeeper is away; the consumer calls by the list it has.',
    },
    { when: dubbo('registered', { client: 1001 }, 2), text: 'The provider on host1 is back and registers.' },
  ],
};
