/** The properties of the service and their monitors (design, section 7). */
import type { Monitor, MonitorContext } from '../../monitor.ts';
import type { History } from '../history.ts';
import type { Property } from '../property-monitor.ts';
import { ServiceHistory, ServiceHistoryMonitor } from './service-history.ts';
import { SvcAtomic, svcAtomic } from './svc-atomic.ts';
import { SvcFifoClient, svcFifoClient } from './svc-fifo-client.ts';
import { SvcLinearizableWrites, svcLinearizableWrites } from './svc-linearizable-writes.ts';
import { SvcRead, svcRead } from './svc-read.ts';
import { SvcSequence, svcSequence } from './svc-sequence.ts';
import { createSessionMonitors, sessionProperties } from './svc-session.ts';
import { SvcSingleSystemImage, svcSingleSystemImage } from './svc-single-system-image.ts';
import { createWatchMonitors, watchProperties } from './svc-watch.ts';

/** In the order of the design. */
export const serviceProperties: readonly Property[] = [
  svcLinearizableWrites,
  svcFifoClient,
  svcRead,
  svcSingleSystemImage,
  ...watchProperties,
  ...sessionProperties,
  svcSequence,
  svcAtomic,
];

/**
 * A fresh set for one run, to stand behind the monitor that feeds `history`: first the one that feeds `service`, then the
 * properties that read it.
 */
export function createServiceMonitors(
  ctx: MonitorContext,
  history: History,
  service = new ServiceHistory(ctx, history),
): Monitor[] {
  return [
    new ServiceHistoryMonitor(service),
    new SvcLinearizableWrites(ctx, service),
    new SvcFifoClient(ctx, service),
    new SvcRead(ctx, service),
    new SvcSingleSystemImage(ctx),
    ...createWatchMonitors(ctx, service),
    ...createSessionMonitors(ctx, service),
    new SvcSequence(ctx, service),
    new SvcAtomic(ctx, history, service),
  ];
}
