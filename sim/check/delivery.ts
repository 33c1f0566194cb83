/**
 * Which events can deliver (design): a leader at its NEWLEADER quorum and a learner at UPTODATE, then each
 * transaction as it is applied.
 */
import type { SimEventKind } from '../world-event.ts';

/** What they delivered, if anything, says `History.delivery`. */
export const DELIVERY_KINDS: readonly SimEventKind[] = ['established', 'serving', 'applied'];
