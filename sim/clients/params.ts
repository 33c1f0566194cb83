/** Parameters that all client programs understand, and the handle they come to. */
import type { ClientOptions } from '../../protocol/client/zookeeper-client.ts';
import type { ClientSettings } from '../catalog.ts';
import { flag, type Member, numberIn, optional, text } from '../shape.ts';

const SESSION_TIMEOUT_MS = 4000;
/** Less than Apache's second, so that short runs see more. */
const RECONNECT_DELAY_MS = 200;

export interface ClientParams {
  /** Wished, ms; default 4000. */
  readonly sessionTimeout?: number;
  /** An older name of `sessionTimeout`. */
  readonly timeout?: number;
  /** Put before every path. */
  readonly chroot?: string;
  /** Is content with a read-only server. */
  readonly readOnly?: boolean;
  /** Bound of the pause before a reconnect, ms; default 200. */
  readonly reconnectDelay?: number;
}

export const CLIENT_MEMBERS: Readonly<Record<string, Member>> = {
  sessionTimeout: optional(numberIn(1, 1e9)),
  timeout: optional(numberIn(1, 1e9)),
  chroot: optional(text),
  readOnly: optional(flag),
  reconnectDelay: optional(numberIn(0, 1e6)),
};

/** The options of a handle. */
export function clientOptions(params: ClientParams, settings: ClientSettings): ClientOptions {
  const { servers, startAnywhere } = settings;
  return {
    servers,
    startAnywhere,
    sessionTimeout: Math.round(params.sessionTimeout ?? params.timeout ?? SESSION_TIMEOUT_MS),
    chroot: params.chroot ?? '',
    canBeReadOnly: params.readOnly ?? false,
    reconnectDelay: Math.round(params.reconnectDelay ?? RECONNECT_DELAY_MS),
  };
}
