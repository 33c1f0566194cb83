/**
 * Dubbo's registry (ZookeeperRegistry): a provider is an ephemeral `/dubbo/<interface>/providers/<url>`, a consumer one below
 * `consumers`. Consumers watch the providers and replace their list when they change. Without the registry they go on with the
 * list they have; who has lost its session registers again.
 */
import type { Step, Zk } from '../../../protocol/client/api.ts';
import { ensurePath, isError, isLoss, repeat } from '../../../protocol/client/recipes/index.ts';
import { remove } from '../../../protocol/client/recipes/znode.ts';
import { CreateFlag } from '../../../protocol/request.ts';
import { ErrorCode } from '../../../protocol/txn.ts';
import { field, numberIn, recordOf, text } from '../../shape.ts';
import { type Part, send } from './process.ts';
import { begin, SPAN_MEMBERS, type SpanParams } from './span.ts';

interface ProviderParams extends SpanParams {
  /** Host name in its URL. */
  readonly name: string;
}
interface ConsumerParams extends ProviderParams {
  /** Places of providers among the run's clients, by their names. */
  readonly places: Readonly<Record<string, number>>;
}

const SERVICE = '/dubbo/lab.Greeting';
const PROVIDERS = `${SERVICE}/providers`;
const CONSUMERS = `${SERVICE}/consumers`;
const SYSTEM = 'dubbo';
/** Between two calls, and how long an answer may take, ms. */
const CALL_MS = 400;
const ANSWER_MS = 100;

/** A URL as the name of a node. */
const urlOf = (scheme: string, name: string) => `${scheme}%3A%2F%2F${name}%3A20880%2Flab.Greeting`;
/** The host in such a name. */
const hostOf = (url: string) => url.split('%2F%2F')[1]!.split('%3A')[0]!;

/** Registers a URL; what an earlier session has left there is replaced (CuratorZookeeperClient.createEphemeral). */
function* register(zk: Zk, path: string): Step<void> {
  for (;;) {
    try {
      yield* repeat(zk, () => zk.create(path, null, { mode: CreateFlag.EPHEMERAL }));
      return;
    } catch (error) {
      if (!isError(error, ErrorCode.NODEEXISTS)) throw error;
    }
    const stat = yield* repeat(zk, () => zk.exists(path));
    if (stat?.ephemeralOwner === (yield* zk.session()).id) return;
    yield* remove(zk, path);
  }
}

export const dubboProvider: Part = {
  system: SYSTEM,
  members: { ...SPAN_MEMBERS, name: field(text) },
  program(raw, settings) {
    const params = raw as unknown as ProviderParams;
    return function* (zk) {
      const until = yield* begin(zk, params, settings);
      yield* ensurePath(zk, PROVIDERS);
      yield* register(zk, `${PROVIDERS}/${urlOf('dubbo', params.name)}`);
      yield* zk.tell(SYSTEM, 'registered', { path: PROVIDERS, holder: params.name });
      // Its session has to last; when it is gone, this throws and it registers anew.
      while ((yield* zk.now()) < until) if ((yield* zk.event(undefined, until)) === null) return;
    };
  },
  judge: () => ({ accepted: true, action: '' }),
};

/** What a consumer knows of the providers. */
class Directory {
  hosts: readonly string[] = [];
  /** Whom it called last, and whether without the registry: that it goes on so is told once. */
  calling = '';
  turn = 0;
}

export const dubboConsumer: Part = {
  system: SYSTEM,
  members: { ...SPAN_MEMBERS, name: field(text), places: field(recordOf(numberIn(1, 1e6, true))) },
  program(raw, settings) {
    const params = raw as unknown as ConsumerParams;
    return function* (zk) {
      const until = yield* begin(zk, params, settings);
      yield* ensurePath(zk, PROVIDERS);
      yield* ensurePath(zk, CONSUMERS);
      yield* register(zk, `${CONSUMERS}/${urlOf('consumer', params.name)}`);
      yield* zk.tell(SYSTEM, 'subscribed', { path: PROVIDERS, holder: params.name });
      const directory = new Directory();
      let due = true;
      while ((yield* zk.now()) < until) {
        if (due && (yield* registryIsThere(zk))) due = !(yield* notify(zk, directory));
        yield* call(zk, params, directory);
        if ((yield* zk.event(PROVIDERS, CALL_MS)) !== null) due = true;
      }
    };
  },
};

function* registryIsThere(zk: Zk): Step<boolean> {
  return (yield* zk.session()).state === 'CONNECTED';
}

/** Replaces the list. False: the registry did not answer, and the list stays. */
function* notify(zk: Zk, directory: Directory): Step<boolean> {
  yield* zk.forgetEvents(PROVIDERS);
  try {
    const { children, stat } = yield* zk.getChildren2(PROVIDERS, true);
    directory.hosts = children.map(hostOf);
    directory.calling = '';
    const holder = directory.hosts.join(' ');
    yield* zk.tell(SYSTEM, 'notified', { path: PROVIDERS, token: stat.pzxid, holder });
    return true;
  } catch (error) {
    if (!isLoss(error)) throw error;
    return false;
  }
}

/** Calls the next provider, and the one after where it does not answer (failover). */
function* call(zk: Zk, { name, places }: ConsumerParams, directory: Directory): Step<void> {
  const { hosts } = directory;
  for (let tries = 0; tries < hosts.length; tries++) {
    const host = hosts[directory.turn++ % hosts.length]!;
    const place = places[host];
    if (place === undefined) continue;
    const there = yield* registryIsThere(zk);
    const answer = yield* send(
      zk,
      place,
      { order: 'invoke', about: 'greet', token: -1, from: name },
      ANSWER_MS,
    );
    const action = `${answer === null ? 'called in vain' : 'called'}${there ? '' : ' without the registry'}`;
    if (!directory.calling.includes(` ${action} ${host};`)) {
      directory.calling += ` ${action} ${host};`;
      yield* zk.tell(SYSTEM, action, { holder: host });
    }
    if (answer !== null) return;
  }
}
