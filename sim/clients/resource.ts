/** What a lock guards: something outside ZooKeeper, such as a disk or a mail server. */
import type { ChannelId, CloseReason, Host, Message, Port, TimerId } from '../../protocol/host.ts';
import type { Zxid } from '../../protocol/zxid.ts';
import type { ClientActor, ClientProgramFactory } from '../catalog.ts';
import { flag, object, optional } from '../shape.ts';
import { noCounts } from './counting.ts';

/** A client asks to use the resource. */
export interface UseRequest extends Message {
  readonly kind: 'use';
  /** Fencing token of the lock it believes to hold. */
  readonly token: Zxid;
  /** Who asks: its session. */
  readonly holder: string;
  /** Under a read lock. */
  readonly shared: boolean;
}
export interface UseAnswer extends Message {
  readonly kind: 'used';
  readonly accepted: boolean;
}

const NO_TOKEN: Zxid = -1;

/**
 * Answers each request on its client port; accepts a token only if it has seen no larger one. Of read locks it refuses only
 * those that are older than a write lock it has seen.
 */
class Resource implements ClientActor {
  readonly counters = noCounts();
  readonly host: Host;
  readonly id: number;
  /** Looks at tokens; without it, it believes everybody. */
  readonly fenced: boolean;
  /** Largest tokens seen. */
  alone: Zxid = NO_TOKEN;
  shared: Zxid = NO_TOKEN;

  constructor(host: Host, id: number, fenced: boolean) {
    this.host = host;
    this.id = id;
    this.fenced = fenced;
  }

  start(): void {
    this.host.listen('client', true);
  }

  onMessage(channel: ChannelId, message: Message): void {
    if (message.kind !== 'use') return;
    const { token, holder, shared } = message as UseRequest;
    const limit = shared ? this.alone : Math.max(this.alone, this.shared);
    const accepted = !this.fenced || token >= limit;
    if (accepted && shared) this.shared = Math.max(this.shared, token);
    else if (accepted) this.alone = Math.max(this.alone, token);
    this.counters.started++;
    if (accepted) this.counters.ok++;
    if (this.host.probing) {
      this.host.probe({
        kind: 'told',
        server: 0,
        client: this.id,
        recipe: 'resource',
        action: accepted ? (shared ? 'acceptedShared' : 'accepted') : 'rejected',
        path: '',
        token,
        holder,
      });
    }
    const answer: UseAnswer = { kind: 'used', accepted };
    this.host.send(channel, answer);
  }

  onClosed(channel: ChannelId, _reason: CloseReason): void {
    this.host.close(channel);
  }

  onAccept(_channel: ChannelId, _port: Port): void {}
  onConnected(_channel: ChannelId): void {}
  onTimer(_name: string, _arg: number, _id: TimerId): void {}
  onStep(_name: string, _arg: number): void {}
  onDrained(_channel: ChannelId): void {}
  onDurable(_token: number): void {}
  onStoreFailed(_token: number, _reason: string): void {}
}

const RESOURCE = object({ fenced: optional(flag) });

/** `fenced` (default true): it refuses tokens smaller than it has seen. A restart of its process forgets what it has seen. */
export const resource: ClientProgramFactory = (host, id, params) => {
  RESOURCE(params, 'params');
  return new Resource(host, id, (params as { fenced?: boolean }).fenced ?? true);
};
