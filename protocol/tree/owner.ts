/** What a node's ephemeralOwner says about it (server.EphemeralType): 64 bits as 16 hex digits. */
import { NO_SESSION } from '../txn.ts';

/** Long.MIN_VALUE: the node is a container (EphemeralType.CONTAINER_EPHEMERAL_OWNER). */
export const CONTAINER_OWNER = '8000000000000000';

/** Largest time to live: 2^40 − 1 milliseconds, some 34 years. */
export const MAX_TTL = 0xff_ffff_ffff;

/** Begins the owner of a TTL node. No session id does: server ids, which are an id's first byte, end at 254. */
const TTL_PREFIX = 'ff00';

/** Whose a node is: nobody's, a session's (an ephemeral), or it is a container or has a time to live. */
export type OwnerKind = 'none' | 'session' | 'container' | 'ttl';

/** What an owner, 16 hex digits, says. */
export function ownerKind(owner: string): OwnerKind {
  if (owner === NO_SESSION) return 'none';
  if (owner === CONTAINER_OWNER) return 'container';
  return owner.startsWith(TTL_PREFIX) ? 'ttl' : 'session';
}

/** The owner of a node that lives `ttl` milliseconds. @throws RangeError outside 1…{@link MAX_TTL}. */
export function ttlOwner(ttl: number): string {
  if (!(ttl >= 1 && ttl <= MAX_TTL)) throw new RangeError(`ttl ${ttl} is outside 1..2^40-1`);
  return TTL_PREFIX + ttl.toString(16).padStart(12, '0');
}

/** Milliseconds that a TTL node lives, from its owner. */
export function ttlOf(owner: string): number {
  return Number.parseInt(owner.slice(TTL_PREFIX.length), 16);
}
