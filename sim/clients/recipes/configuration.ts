import type { Step, Zk } from '../../../protocol/client/api.ts';
import {
  awaitConfiguration,
  beginConfiguration,
  changeConfiguration,
  isError,
  readConfiguration,
} from '../../../protocol/client/recipes/index.ts';
import { ErrorCode } from '../../../protocol/txn.ts';
import { numberIn, optional } from '../../shape.ts';
import type { ProgramDefinition } from '../program.ts';
import { ROUND_MEMBERS, type RoundParams, rounds, within } from './rounds.ts';

interface ConfigurationParams extends RoundParams {
  /** Share of rounds in which it writes instead of waiting for others to; default 0.3. */
  readonly writes?: number;
}

const WRITES = 0.3;

/** Changes a configuration (`/configuration`) and watches for changes. */
export const configuration: ProgramDefinition = {
  members: { ...ROUND_MEMBERS, writes: optional(numberIn(0, 1)) },
  make(raw, settings) {
    const params = raw as ConfigurationParams;
    const path = params.path ?? '/configuration';
    return function* (zk) {
      let seen = 0;
      yield* rounds(zk, params, settings, function* (number) {
        if ((yield* zk.random()) < (params.writes ?? WRITES)) {
          yield* write(zk, path, `round ${number}`);
        } else {
          seen = (yield* awaitConfiguration(zk, path, seen, within(params)))?.token ?? seen;
        }
      });
    };
  },
};

function* write(zk: Zk, path: string, text: string): Step<void> {
  yield* beginConfiguration(zk, path, '');
  try {
    const { version } = yield* readConfiguration(zk, path);
    yield* changeConfiguration(zk, path, text, version);
  } catch (error) {
    // Another was faster; it may be right.
    if (!isError(error, ErrorCode.BADVERSION)) throw error;
  }
}
