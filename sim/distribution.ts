/** Durations drawn from the distributions of a run, in whole microseconds. */
import { NORMAL_QUANTILES } from './normal-quantiles.ts';
import type { RandomStream } from './random.ts';
import type { Distribution } from './spec.ts';

const LN2_HIGH = 0.6931471803691238;
const LN2_LOW = 1.9082149292705877e-10;
// biome-ignore lint/suspicious/noApproximativeNumericConstant: Math.LOG2E is not allowed here
const LN2_INVERSE = 1.4426950408889634;

/** e to the x from +, −, × and ÷ alone, which round the same on every engine; |x| at most 700. */
export function exponential(x: number): number {
  const k = Math.floor(x * LN2_INVERSE + 0.5);
  const r = x - k * LN2_HIGH - k * LN2_LOW;
  let sum = 1;
  for (let i = 16; i >= 1; i--) sum = 1 + (r * sum) / i;
  const factor = k < 0 ? 0.5 : 2;
  for (let i = Math.abs(k); i > 0; i--) sum *= factor;
  return sum;
}

/** A standard normal number for a uniform one in [0, 1), interpolated in the table; within ±2.89. */
export function normalQuantile(u: number): number {
  const x = Math.min(255, Math.max(0, u * 256 - 0.5));
  const i = Math.min(254, Math.floor(x));
  const low = NORMAL_QUANTILES[i]!;
  return low + (NORMAL_QUANTILES[i + 1]! - low) * (x - i);
}

const CONSTANT = 0;
const UNIFORM = 1;
const LOG_NORMAL = 2;

/** A {@link Distribution} ready to be drawn from. */
export class Duration {
  readonly shape: number;
  /** µs: the constant, the least value, or the median. */
  readonly a: number;
  /** µs: width of the range; or sigma. */
  readonly b: number;

  /** @param distribution in milliseconds */
  constructor(distribution: Distribution) {
    if (typeof distribution === 'number') {
      this.shape = CONSTANT;
      this.a = Math.round(distribution * 1000);
      this.b = 0;
    } else if ('uniform' in distribution) {
      this.shape = UNIFORM;
      this.a = Math.round(distribution.uniform[0] * 1000);
      this.b = Math.round(distribution.uniform[1] * 1000) - this.a;
    } else {
      this.shape = LOG_NORMAL;
      this.a = distribution.lognormal.median * 1000;
      this.b = distribution.lognormal.sigma;
    }
  }

  /** Whole microseconds, 0 or more. Draws once from the stream unless constant. */
  draw(stream: RandomStream): number {
    if (this.shape === CONSTANT) return this.a;
    if (this.shape === UNIFORM) return this.a + Math.floor(stream.next() * (this.b + 1));
    return Math.floor(this.a * exponential(this.b * normalQuantile(stream.next())) + 0.5);
  }
}
