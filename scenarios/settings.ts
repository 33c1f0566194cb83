/** Settings that the scenarios share. */
import type { EnsembleSpec, WorldSpec } from '../sim/spec.ts';

/** Short ticks and waits, ms: a lost leader is noticed after one second, a silent server is dialled again as soon. */
export const QUICK: Omit<EnsembleSpec, 'participants'> = {
  initialWallClock: 1_767_225_600_000,
  tickTime: 200,
  initLimit: 10,
  syncLimit: 5,
  maxNotificationInterval: 1000,
  connectTimeout: 1000,
};

/**
 * One data centre. Every message is faster than any flush, so that a partition that begins with a proposal has caught all
 * copies of it before the first disk reports it safe.
 */
export const LAN: WorldSpec = {
  network: { latency: { uniform: [0.3, 3] }, retransmissionLimit: 1000 },
  disk: { flush: { uniform: [4, 9] } },
};

/** How long after the last repair a run goes on, ms: longer than every bound of LIVE-* with these settings. */
export const SETTLE = 16_000;
