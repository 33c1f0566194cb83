/**
 * Named streams of random numbers derived from one seed, so that what one part draws does not shift
 * another's draws.
 */
import seedrandom from 'seedrandom';

/**
 * One stream: seedrandom's alea. The generator's own closure only seeds; its four state words are kept as
 * plain
 * fields and stepped here by the same recurrence, so that a stream is cloned with everything else.
 */
export class RandomStream {
  s0: number;
  s1: number;
  s2: number;
  c: number;

  constructor(seed: string) {
    const state = seedrandom.alea(seed, { state: true }).state();
    this.s0 = state.s0;
    this.s1 = state.s1;
    this.s2 = state.s2;
    this.c = state.c;
  }

  /** Uniform in [0, 1), 32 bits. */
  next(): number {
    const t = 2091639 * this.s0 + this.c * 2.3283064365386963e-10;
    this.s0 = this.s1;
    this.s1 = this.s2;
    this.c = t | 0;
    this.s2 = t - this.c;
    return this.s2;
  }

  /** Uniform integer in [0, bound); 0 for a bound of 1 or less. */
  below(bound: number): number {
    return bound <= 1 ? 0 : Math.floor(this.next() * bound);
  }
}

/**
 * The streams of one run, created when first asked for: `network:1→2`, `disk:3`, `client:7`, `faults`,
 * `step:1`, `host:1`.
 */
export class RandomStreams {
  readonly seed: string;
  readonly streams = new Map<string, RandomStream>();

  constructor(seed: number | string) {
    this.seed = String(seed);
  }

  /** The stream of that name; the same object each time. */
  stream(name: string): RandomStream {
    let stream = this.streams.get(name);
    if (stream === undefined) {
      stream = new RandomStream(`${this.seed}/${name}`);
      this.streams.set(name, stream);
    }
    return stream;
  }
}
