import type { Step, Zk } from '../../../protocol/client/api.ts';
import { releaseLock } from '../../../protocol/client/recipes/index.ts';
import { anyAhead, type Blocker, standInLine } from '../../../protocol/client/recipes/line.ts';
import type { Zxid } from '../../../protocol/zxid.ts';
import { FIRST_CLIENT } from '../../network.ts';
import { field, flag, numberIn, optional, text } from '../../shape.ts';
import type { ProgramDefinition } from '../program.ts';
import type { UseAnswer, UseRequest } from '../resource.ts';
import { until } from './until.ts';

interface LockHolderParams {
  readonly path: string;
  /** When it asks for the lock, ms. */
  readonly at: number;
  /** How long it holds the lock, ms. */
  readonly hold: number;
  /** Place of what the lock guards among the run's clients, from 1: used at once and when `hold` is over. Absent: nothing. */
  readonly resource?: number;
  /** Everybody in line watches the holder's node instead of the node of the one before; default false. */
  readonly herd?: boolean;
}

/** Of the nodes ahead, the holder's. */
const holder: Blocker = (ahead) => ahead[0];

/** Takes a lock once, uses what it guards, and releases it. Whether the lock is still there, it does not look. */
export const lockHolder: ProgramDefinition = {
  members: {
    path: field(text),
    at: field(numberIn(0, 1e9)),
    hold: field(numberIn(0, 1e9)),
    resource: optional(numberIn(1, 1e6, true)),
    herd: optional(flag),
  },
  make(raw) {
    const params = raw as unknown as LockHolderParams;
    return function* (zk) {
      yield* until(zk, params.at);
      const blocker = params.herd ? holder : anyAhead;
      const place = yield* standInLine(zk, params.path, 'lock-', '', blocker, undefined);
      // Without a limit, the wait ends with the lock or an error.
      if (place === null) return;
      const { path, czxid: token } = place;
      yield* zk.tell('lock', 'acquired', { path, token });
      if (!(yield* use(zk, params, token))) return;
      yield* zk.sleep(params.hold);
      if (!(yield* use(zk, params, token))) return;
      yield* releaseLock(zk, { path, token });
    };
  },
};

/** Uses what the lock guards. False: it was refused. */
function* use(zk: Zk, params: LockHolderParams, token: Zxid): Step<boolean> {
  if (params.resource === undefined) return true;
  yield* zk.tell('holder', 'uses what its lock guards', { token });
  const request: UseRequest = { kind: 'use', token, holder: (yield* zk.session()).id, shared: false };
  const answer = (yield* zk.call(FIRST_CLIENT + params.resource, request)) as UseAnswer | null;
  if (answer?.accepted) return true;
  yield* zk.tell('holder', 'is refused', { token });
  return false;
}
