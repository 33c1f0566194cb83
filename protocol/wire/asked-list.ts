import type { Op } from '../request.ts';
import { type Asked, askedOf } from './client-reply.ts';

/**
 * What has been asked on a channel and not been answered, by request number. Clients are free in choosing numbers: of one
 * that was given twice the older request is answered first.
 */
export class AskedList {
  private readonly byNumber: Map<number, Asked | Asked[]> = new Map();

  /** Requests without a reply. */
  get size(): number {
    return this.byNumber.size;
  }

  add(cxid: number, op: Op): void {
    const asked = askedOf(op);
    const same = this.byNumber.get(cxid);
    if (same === undefined) this.byNumber.set(cxid, asked);
    else if (Array.isArray(same)) same.push(asked);
    else this.byNumber.set(cxid, [same, asked]);
  }

  /** What the next reply of this number answers; null: nothing known. */
  take(cxid: number): Asked | null {
    const same = this.byNumber.get(cxid);
    if (same === undefined) return null;
    if (!Array.isArray(same)) {
      this.byNumber.delete(cxid);
      return same;
    }
    const [first, second, ...rest] = same as [Asked, Asked, ...Asked[]];
    this.byNumber.set(cxid, rest.length === 0 ? second : [second, ...rest]);
    return first;
  }
}
