/** The durable steps of a server, and what it can be writing after each: the places for a crash. */

/** What a server has on disk last, as its probes tell. */
export type DurableStep =
  | 'the start'
  | 'acceptedEpoch'
  | 'currentEpoch'
  | 'flushed'
  | 'truncated'
  | 'snapshotTaken';

/** What it is writing and has not on disk yet. An epoch counts from the packet that asks for it. */
export type Write = 'nothing' | 'log' | 'snapshot' | 'truncation' | 'acceptedEpoch' | 'currentEpoch';

export const WRITES: readonly Write[] = [
  'nothing',
  'log',
  'snapshot',
  'truncation',
  'acceptedEpoch',
  'currentEpoch',
];

/**
 * All pairs but those that the order of steps rules out: the next current epoch comes behind an accepted one, or behind
 * what synchronization writes in between; a log is cut and an epoch accepted in no particular neighbourhood.
 */
export const DURABLE_STEPS: readonly { readonly name: DurableStep; readonly writes: readonly Write[] }[] = [
  { name: 'the start', writes: ['nothing', 'snapshot', 'truncation', 'acceptedEpoch', 'currentEpoch'] },
  { name: 'acceptedEpoch', writes: WRITES },
  { name: 'currentEpoch', writes: ['nothing', 'log', 'snapshot', 'acceptedEpoch'] },
  { name: 'flushed', writes: WRITES },
  { name: 'truncated', writes: ['nothing', 'log', 'snapshot', 'currentEpoch'] },
  { name: 'snapshotTaken', writes: WRITES },
];
