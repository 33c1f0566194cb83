// A server or an ensemble as sequences need it: nothing expires or is cleaned up by itself while one is played.

/** A running server or ensemble. */
export interface Target {
  readonly name: string;
  /** Client ports of 127.0.0.1. */
  readonly ports: readonly number[];
  remove(): Promise<void>;
}

/** The same for both sides. */
export interface TargetOptions {
  /** Default 1: standalone. */
  readonly servers?: number;
  /** TTL nodes; default false. */
  readonly extendedTypes?: boolean;
  /** Hard quotas; default false. */
  readonly enforceQuota?: boolean;
}

/** ms; sessions last 2 to 20. So long that on a busy machine none expires, and no server gives another up. */
export const TICK = 60_000;
/** What clients ask for unless a sequence says otherwise, ms. */
export const TIMEOUT = 10 * TICK;
/** ms between two searches for containers that nobody needs. */
export const CONTAINER_CHECK = 3_600_000;
/** The digest of `super:test`. */
export const SUPER_DIGEST = 'super:D/InIHSb7yEEbrWz8b9l71RjZJU=';
