/** Feeds the shared model. It stands before the monitors that read it and takes every kind that moves it. */
import type { Monitor } from '../monitor.ts';
import type { SimEvent, SimEventKind } from '../world-event.ts';
import type { History } from './history.ts';

/** Kinds that move the model or are looked up in it. */
export const HISTORY_KINDS: readonly SimEventKind[] = [
  'proposed',
  'logged',
  'flushed',
  'acked',
  'committed',
  'applied',
  'role',
  'newLeaderSent',
  'newLeaderAcked',
  'established',
  'serving',
  'truncated',
  'snapStreamed',
  'snapInstalled',
  'snapshotTaken',
  'fastForwarded',
  'loaded',
  'crashed',
  'restarted',
  'exited',
  'refused',
];

/** Checks nothing itself. */
export class HistoryMonitor implements Monitor {
  readonly ids: readonly string[] = [];
  readonly kinds = HISTORY_KINDS;
  private readonly history: History;

  constructor(history: History) {
    this.history = history;
  }

  onProbe(event: SimEvent): void {
    this.history.observe(event);
  }
}
