/** All properties — of Zab, the log, the service, recipes, liveness — and their monitors (design, section 7). */
import type { Monitor, MonitorContext } from '../monitor.ts';
import { createEcosystemMonitors, ecosystemProperties } from './ecosystem/index.ts';
import { History } from './history.ts';
import { HistoryMonitor } from './history-monitor.ts';
import { LiveCommits, liveCommits } from './live-commits.ts';
import { LiveConverges, liveConverges } from './live-converges.ts';
import { LiveElects, liveElects } from './live-elects.ts';
import { LogAck, logAck } from './log-ack.ts';
import { LogDurability, logDurability } from './log-durability.ts';
import { LogEpochs, logEpochs } from './log-epochs.ts';
import type { Property } from './property-monitor.ts';
import { createRecipeMonitors, recipeProperties } from './recipes/index.ts';
import { createServiceMonitors, serviceProperties } from './service/index.ts';
import { ServiceHistory } from './service/service-history.ts';
import { TreeDigest, treeDigest } from './tree-digest.ts';
import { ZabGlobalPrimaryOrder, zabGlobalPrimaryOrder } from './zab-global-primary-order.ts';
import { ZabIntegrity, zabIntegrity } from './zab-integrity.ts';
import { ZabLeadership, zabLeadership } from './zab-leadership.ts';
import { ZabLocalPrimaryOrder, zabLocalPrimaryOrder } from './zab-local-primary-order.ts';
import { ZabPrefix, zabPrefix } from './zab-prefix.ts';
import { ZabPrimaryIntegrity, zabPrimaryIntegrity } from './zab-primary-integrity.ts';
import { ZabSync, zabSync } from './zab-sync.ts';

export { MAX_REPORTS } from '../monitor.ts';
export { type LiveBounds, liveBounds } from './live-bounds.ts';
export type { Property } from './property-monitor.ts';

/** The catalog, in the order of the design. */
export const properties: readonly Property[] = [
  zabIntegrity,
  zabPrefix,
  zabLocalPrimaryOrder,
  zabGlobalPrimaryOrder,
  zabPrimaryIntegrity,
  zabLeadership,
  zabSync,
  logDurability,
  logEpochs,
  logAck,
  treeDigest,
  ...serviceProperties,
  ...recipeProperties,
  ...ecosystemProperties,
  liveElects,
  liveCommits,
  liveConverges,
];

/** A fresh set for one run. The order matters: the model first, then the properties that read it. */
export function createMonitors(ctx: MonitorContext): Monitor[] {
  const history = new History(ctx.config);
  const service = new ServiceHistory(ctx, history);
  return [
    new HistoryMonitor(history),
    new ZabIntegrity(ctx, history),
    new ZabPrefix(ctx, history),
    new ZabLocalPrimaryOrder(ctx, history),
    new ZabGlobalPrimaryOrder(ctx, history),
    new ZabPrimaryIntegrity(ctx, history),
    new ZabLeadership(ctx),
    new ZabSync(ctx, history),
    new LogDurability(ctx, history),
    new LogEpochs(ctx, history),
    new LogAck(ctx, history),
    new TreeDigest(ctx, history),
    ...createServiceMonitors(ctx, history, service),
    ...createRecipeMonitors(ctx),
    ...createEcosystemMonitors(ctx, service),
    new LiveElects(ctx),
    new LiveCommits(ctx, history),
    new LiveConverges(ctx, history),
  ];
}
