/** What the programs that exercise recipes share: rounds with pauses until clients are to stop, and a guarded resource. */
import type { Step, Zk } from '../../../protocol/client/api.ts';
import type { Zxid } from '../../../protocol/zxid.ts';
import type { ClientSettings } from '../../catalog.ts';
import { FIRST_CLIENT } from '../../network.ts';
import { type Member, numberIn, optional, text } from '../../shape.ts';

import type { UseAnswer, UseRequest } from '../resource.ts';

export interface RoundParams {
  /** Where the recipe lives; each program has its own default. */
  readonly path?: string;
  /** Mean pause between two rounds, ms; default 200. */
  readonly pause?: number;
  /** Mean time a round lasts once it is this client's turn, ms; default 100. */
  readonly hold?: number;
  /** How long it waits for others, ms; default 3000. */
  readonly within?: number;
}

export const ROUND_MEMBERS: Readonly<Record<string, Member>> = {
  path: optional(text),
  pause: optional(numberIn(0, 1e9)),
  hold: optional(numberIn(0, 1e9)),
  within: optional(numberIn(0, 1e9)),
};

/** Of a client of a fenced resource. */
export interface ResourceParams {
  /** Place of the resource among the run's clients, from 1; absent: none is used. */
  readonly resource?: number;
}

export const RESOURCE_MEMBERS: Readonly<Record<string, Member>> = {
  resource: optional(numberIn(1, 1e6, true)),
};

const PAUSE_MS = 200;
const HOLD_MS = 100;
const WITHIN_MS = 3000;

/** Whole ms to wait for others. */
export function within(params: RoundParams): number {
  return Math.round(params.within ?? WITHIN_MS);
}

/** Begins rounds until the clients are to stop, with random pauses before each. */
export function* rounds(
  zk: Zk,
  params: RoundParams,
  settings: ClientSettings,
  round: (number: number) => Step<void>,
): Step<void> {
  for (let number = 0; ; number++) {
    yield* someTime(zk, params.pause ?? PAUSE_MS);
    if ((yield* zk.now()) >= settings.stopAt) return;
    yield* round(number);
  }
}

/** Does what takes the time of a round. */
export function* work(zk: Zk, params: RoundParams): Step<void> {
  yield* someTime(zk, params.hold ?? HOLD_MS);
}

function* someTime(zk: Zk, mean: number): Step<void> {
  yield* zk.sleep(Math.round((yield* zk.random()) * 2 * mean));
}

/** Works, and uses the guarded resource without looking whether the lock is still there: that is the resource's business. */
export function* useResource(
  zk: Zk,
  params: RoundParams & ResourceParams,
  token: Zxid,
  shared = false,
): Step<boolean> {
  yield* work(zk, params);
  if (params.resource === undefined) return true;
  const holder = (yield* zk.session()).id;
  const request: UseRequest = { kind: 'use', token, holder, shared };
  const answer = (yield* zk.call(FIRST_CLIENT + params.resource, request)) as UseAnswer | null;
  return answer?.accepted ?? false;
}
