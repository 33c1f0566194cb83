/** What a process does between two looks at its sockets: steps that were handed over, then what is to be sent. */

/** Steps of one turn, and the time it may take in ms, before sockets have their turn again. */
const MOST_STEPS = 1000;
const LONGEST_TURN = 5;

interface Step {
  readonly name: string;
  readonly arg: number;
}

export class Turns {
  private readonly onStep: (name: string, arg: number) => void;
  private steps: Step[] = [];
  private next = 0;
  private flushes: Set<{ flush(): void }> = new Set();
  private due = false;
  private stopped = false;

  constructor(onStep: (name: string, arg: number) => void) {
    this.onStep = onStep;
  }

  /** The step runs soon, in no call of anybody. */
  schedule(name: string, arg: number): void {
    this.steps.push({ name, arg });
    this.wake();
  }

  /** It is flushed at the end of the turn. */
  flushLater(what: { flush(): void }): void {
    this.flushes.add(what);
    this.wake();
  }

  stop(): void {
    this.stopped = true;
    this.steps = [];
    this.next = 0;
  }

  private wake(): void {
    if (this.due) return;
    this.due = true;
    setImmediate(() => this.turn());
  }

  private turn(): void {
    this.due = false;
    const end = performance.now() + LONGEST_TURN;
    for (let count = 0; this.next < this.steps.length && count < MOST_STEPS; count++) {
      const { name, arg } = this.steps[this.next++] as Step;
      this.onStep(name, arg);
      if (count % 16 === 15 && performance.now() > end) break;
    }
    if (this.next === this.steps.length) {
      this.steps = [];
      this.next = 0;
    } else if (!this.stopped) this.wake();
    const flushes = this.flushes;
    this.flushes = new Set();
    for (const what of flushes) what.flush();
  }
}
