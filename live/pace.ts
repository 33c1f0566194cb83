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
  /** Real time that was left out so far, ms. */
  slipped = 0;

  /**
   * @param clock monotonic, ms
   * @param longest how far virtual time goes on at most from one look to the next, ms
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
    const step = Math.min(passed, this.longest);
    this.slipped += passed - step;
    this.virtual += step;
    return this.virtual;
  }

  /** The simulation has come only so far, virtual ms: time goes on from there. */
  slipTo(time: number): void {
    if (time >= this.virtual) return;
    this.slipped += this.virtual - time;
    this.virtual = time;
  }
}
