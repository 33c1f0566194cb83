/**
 * Where on the timeline an event is. Half of its place is its number and half its virtual time, so that neither a burst of
 * events within a millisecond nor a long silence takes up the whole line.
 */
export class Axis {
  private readonly clock: readonly number[];
  private readonly length: number;

  /** @param clock virtual ms at equal shares of the events, from 0 to `length` */
  constructor(clock: readonly number[], length: number) {
    this.clock = clock.length < 2 ? [0, 0] : clock;
    this.length = length;
  }

  /** Virtual ms of an event, to within the distance of the clock's readings. */
  timeOf(event: number): number {
    const { clock, length } = this;
    if (length === 0) return 0;
    const place = (Math.min(event, length) / length) * (clock.length - 1);
    const before = Math.min(clock.length - 2, Math.floor(place));
    const [a, b] = [clock[before]!, clock[before + 1]!];
    return a + (b - a) * (place - before);
  }

  /** 0 at the beginning, 1 at the end. */
  position(event: number): number {
    const { length, clock } = this;
    if (length === 0) return 0;
    const byNumber = Math.min(event, length) / length;
    const all = clock[clock.length - 1]!;
    return all === 0 ? byNumber : (byNumber + this.timeOf(event) / all) / 2;
  }

  /** The event nearest to a position. */
  eventAt(position: number): number {
    let low = 0;
    let high = this.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.position(middle) < position) low = middle + 1;
      else high = middle;
    }
    return low > 0 && position - this.position(low - 1) < this.position(low) - position ? low - 1 : low;
  }
}
