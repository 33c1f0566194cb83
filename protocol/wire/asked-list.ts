import type { Op } from '../request.ts';
import { type Asked, askedOf } from './client-reply.ts';

/** Requests of one number, oldest first. */
interface Same {
  readonly queue: Asked[];
  /** Place of the oldest without a reply. */
  head: number;
}

/**
 * What has been asked on a channel and not been answered, by request number. Clients are free in choosing numbers: of one
 * that was given twice the older request is answered first.
 */
export class AskedList {
  private readonly byNumber: Map<number, Asked | Same> = new Map();
  /** Requests without a reply. */
  size = 0;

  add(cxid: number, op: Op): void {
    const asked = askedOf(op);
    const found = this.byNumber.get(cxid);
    if (found === undefined) this.byNumber.set(cxid, asked);
    else if ('queue' in found) found.queue.push(asked);
    else this.byNumber.set(cxid, { queue: [found, asked], head: 0 });
    this.size++;
  }

  /** What the next reply of this number answers; null: nothing known. */
  take(cxid: number): Asked | null {
    const found = this.byNumber.get(cxid);
    if (found === undefined) return null;
    this.size--;
    if (!('queue' in found)) {
      this.byNumber.delete(cxid);
      return found;
    }
    const asked = found.queue[found.head++] as Asked;
    if (found.head === found.queue.length) this.byNumber.delete(cxid);
    return asked;
  }
}
