import { campaign, resign } from '../../../protocol/client/recipes/index.ts';
import { optional, text } from '../../shape.ts';
import type { ProgramDefinition } from '../program.ts';
import {
  RESOURCE_MEMBERS,
  type ResourceParams,
  ROUND_MEMBERS,
  type RoundParams,
  rounds,
  useResource,
  within,
} from './rounds.ts';

interface LeaderParams extends RoundParams, ResourceParams {
  /** Name of the candidate; default empty. */
  readonly name?: string;
}

/** Stands for election (`/election`), leads for some time, resigns. */
export const leader: ProgramDefinition = {
  members: { ...ROUND_MEMBERS, ...RESOURCE_MEMBERS, name: optional(text) },
  make(raw, settings) {
    const params = raw as LeaderParams;
    return function* (zk) {
      yield* rounds(zk, params, settings, function* () {
        const elected = yield* campaign(zk, params.path ?? '/election', params.name ?? '', within(params));
        if (elected === null) return;
        yield* useResource(zk, params, elected.token);
        yield* resign(zk, elected);
      });
    };
  },
};
