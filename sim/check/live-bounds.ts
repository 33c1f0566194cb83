/** How long a healed ensemble may take (design: liveness is demanded only of a healed, connected quorum). */
import type { EnsembleConfig } from '../../protocol/config.ts';
import type { RunSpec } from '../spec.ts';

/**
 * Bounds in virtual ms: `elect` and `converge` after the healing, `commit` after a request or the healing.
 */
export interface LiveBounds {
  readonly elect: number;
  readonly commit: number;
  readonly converge: number;
}

/**
 * The bounds of a run; `end.electWithin` and `end.commitWithin` replace the defaults:
 *
 * - elect = retransmission limit (a dead stream is found out) + back-off (an election notification is sent
 *   again) + 2 · initLimit · tickTime (a fruitless discovery or synchronization is given up, the next one
 *   succeeds) + slack. The back-off is maxNotificationInterval, or less where a server has not been looking
 *   that long: the interval doubles, so it exceeds the first one by at most the time before the healing.
 * - slack = 2 · (syncLimit · tickTime + connectTimeout + finalizeWait): a stale leader steps down, links are
 *   opened anew, votes settle; twice, as the first election may name a server that cannot lead.
 * - commit = elect + syncLimit · tickTime: a leader that lost its quorum unnoticed is replaced.
 * - converge = elect + 2 · back-off + initLimit · tickTime: a straggler finds the leader and is synchronized.
 */
export function liveBounds(spec: RunSpec, config: EnsembleConfig): LiveBounds {
  const retransmission = spec.world.network?.retransmissionLimit ?? 3000;
  const healedAt = spec.end.healedAt ?? 0;
  const backOff = Math.min(config.maxNotificationInterval, config.minNotificationInterval + healedAt);
  const sync = config.syncLimit * config.tickTime;
  const init = config.initLimit * config.tickTime;
  const slack = 2 * (sync + config.connectTimeout + config.finalizeWait);
  const elect = spec.end.electWithin ?? retransmission + backOff + 2 * init + slack;
  const commit = spec.end.commitWithin ?? elect + sync;
  return { elect, commit, converge: elect + 2 * backOff + init };
}
