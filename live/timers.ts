import type { TimerId } from '../protocol/host.ts';

/** Longest a timer of the platform may be asked to wait, ms. */
const LONGEST = 0x7fff_ffff;

/** Timers on this process's monotonic clock; none fires before its time by that clock. */
export class Timers {
  private readonly now: () => number;
  private readonly onTimer: (name: string, arg: number, id: TimerId) => void;
  private readonly pending: Map<TimerId, NodeJS.Timeout> = new Map();
  private next: TimerId = 1;

  /** @param now the clock, whole ms */
  constructor(now: () => number, onTimer: (name: string, arg: number, id: TimerId) => void) {
    this.now = now;
    this.onTimer = onTimer;
  }

  set(delayMs: number, name: string, arg: number): TimerId {
    const id = this.next++;
    this.wait(id, this.now() + Math.ceil(Math.max(0, delayMs)), name, arg);
    return id;
  }

  clear(id: TimerId): void {
    clearTimeout(this.pending.get(id));
    this.pending.delete(id);
  }

  clearAll(): void {
    for (const id of [...this.pending.keys()]) this.clear(id);
  }

  private wait(id: TimerId, due: number, name: string, arg: number): void {
    const left = Math.min(due - this.now(), LONGEST);
    const fire = (): void => {
      if (this.now() < due) {
        this.wait(id, due, name, arg);
        return;
      }
      this.pending.delete(id);
      this.onTimer(name, arg, id);
    };
    this.pending.set(id, setTimeout(fire, left));
  }
}
