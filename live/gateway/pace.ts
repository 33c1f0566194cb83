/** Virtual time that keeps step with real time. */

/**
 * The virtual clock of a simulation that is paced by a monotonic real one. It runs at the same speed, but never faster: what
 * it cannot keep up with, such as a garbage collection, a suspended laptop or more work than the machine can do, it leaves
 * out. So servers do not miss heartbeats that they had no chance to hear; wall clocks in the simulation are late by
 * {@link slipped}.
 */
export class Pace {
  private readonly clock: () => number;
  private readonly longest: number;
  private virtual: number;
  private last: number;
  /** Of the time until the next look, this much is rest, ms. */
  private rest = 0;
  /** Real time that was left out so far, ms. */
  slipped = 0;

  /**
   * @param clock monotonic, ms
   * @param longest how far virtual time goes on at most from one look to the next, ms, rest apart
   */
  constructor(clock: () => number, longest: number, start = 0) {
    this.clock = clock;
    this.longest = longest;
    this.virtual = start;
    this.last = clock();
  }

  /** Virtual time now, ms. */
  now(): number {
    const real = this.clock();
    const passed = Math.max(0, real - this.last);
    this.last = real;
    const step = Math.min(passed, this.longest + this.rest);
    this.rest = Math.max(0, this.rest - passed);
    this.slipped += passed - step;
    this.virtual += step;
    return this.virtual;
  }

  /** Nothing is to be done for so long, ms: that this time passes means no delay. */
  restFor(wait: number): void {
    this.rest = wait;
  }

  /** The simulation has come only so far, virtual ms: time goes on from there. */
  slipTo(time: number): void {
    if (time >= this.virtual) return;
    this.slipped += this.virtual - time;
    this.virtual = time;
  }
}
