/**
 * Virtual time of each event, ms, and the event that caused it, by index; twelve bytes each. Event 0, before the first, is at
 * 0.
 */
export class Times {
  private values = new Float64Array(4096);
  private causes = new Int32Array(4096);
  /** Index of the last event. */
  last = 0;

  /** Events come in order; one that is known already may come again. */
  set(event: number, time: number, cause: number): void {
    if (event <= this.last) return;
    if (event >= this.values.length) {
      const larger = new Float64Array(2 * event);
      larger.set(this.values);
      this.values = larger;
      const more = new Int32Array(2 * event);
      more.set(this.causes);
      this.causes = more;
    }
    this.causes[event] = cause;
    this.values[event] = time;
    this.last = event;
  }

  /** Of an event that is not recorded yet: the time of the last one that is. */
  at(event: number): number {
    return this.values[Math.max(0, Math.min(event, this.last))]!;
  }

  /** The event that caused one; 0: none is known. */
  causeOf(event: number): number {
    return event > this.last ? 0 : this.causes[event]!;
  }

  /** The last event not after a time; 0 where there is none. */
  eventAt(time: number): number {
    let low = 0;
    for (let high = this.last; low < high; ) {
      const middle = (low + high + 1) >> 1;
      if (this.values[middle]! <= time) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  /** A copy up to an event, that included. */
  upTo(event: number): Times {
    const copy = new Times();
    copy.values = this.values.slice();
    copy.causes = this.causes.slice();
    copy.last = Math.min(event, this.last);
    return copy;
  }
}
