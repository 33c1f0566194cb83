import type { ClientRequest } from '../client-messages.ts';
import type { ChannelId } from '../host.ts';
import type { Id } from '../tree/acl.ts';
import type { SessionId } from '../txn.ts';

/** One client's channel, from its request for a session on. */
export interface Connection {
  readonly channel: ChannelId;
  session: SessionId;
  /** As negotiated, ms. */
  timeout: number;
  readonly resumed: boolean;
  /** False until the session is open. */
  open: boolean;
  /** SVC-2: not read any further for now. */
  heldUp: boolean;
  /** Requests with a number of their own and without a reply. */
  outstanding: number;
  /** Arrived and not read yet. */
  readonly inbox: ClientRequest[];
  /** Whether `ClientPort.read` is at it, as its requests may be answered at once. */
  reading: boolean;
  /** Whom it has authenticated as; replaced, never changed. */
  auth: readonly Id[];
}
