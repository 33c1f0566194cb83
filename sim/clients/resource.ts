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
/** Files of the largest tokens seen. */
const ALONE = 'alone';
const SHARED = 'shared';

interface Waiting {
  readonly channel: ChannelId;
  readonly request: UseRequest;
}

/**
 * Answers requests on its client port one after the other; accepts a token only if it has seen no larger one, which it
 * remembers over restarts. Of read locks it refuses only those that are older than a write lock it has seen.
 */
class Resource implements ClientActor {
  readonly counters = noCounts();
  readonly host: Host;
  readonly id: number;
  /** Looks at tokens; without it, it believes everybody. */
  readonly fenced: boolean;
  /** Oldest first; the first one's token is being written. */
  readonly waiting: Waiting[] = [];
  writes = 0;

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
    this.waiting.push({ channel, request: message as UseRequest });
    if (this.waiting.length === 1) this.serve();
  }

  private serve(): void {
    for (let next = this.waiting[0]; next !== undefined; next = this.waiting[0]) {
      const { token, shared } = next.request;
      const accepted = !this.fenced || token >= this.limit(shared);
      const file = shared ? SHARED : ALONE;
      if (accepted && token > this.seen(file)) {
        this.host.store.writeValue(file, token, ++this.writes);
        return;
      }
      this.answer(accepted);
    }
  }

  private seen(file: string): Zxid {
    return this.host.store.readValue(file) ?? NO_TOKEN;
  }

  private limit(shared: boolean): Zxid {
    return shared ? this.seen(ALONE) : Math.max(this.seen(ALONE), this.seen(SHARED));
  }

  onDurable(token: number): void {
    if (token !== this.writes) return;
    this.answer(true);
    this.serve();
  }

  onStoreFailed(token: number, _reason: string): void {
    if (token !== this.writes) return;
    this.answer(false);
    this.serve();
  }

  private answer(accepted: boolean): void {
    const { channel, request } = this.waiting.shift()!;
    const { token, holder, shared } = request;
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
}

const RESOURCE = object({ fenced: optional(flag) });

/** `fenced` (default true): it refuses tokens smaller than it has seen. */
export const resource: ClientProgramFactory = (host, id, params) => {
  RESOURCE(params, 'params');
  return new Resource(host, id, (params as { fenced?: boolean }).fenced ?? true);
};
