/** Durations drawn for faults, from + − × ÷ alone: the logarithm of the platform differs in its last bit between engines. */
import type { RandomStream } from '../sim/random.ts';

// biome-ignore lint/suspicious/noApproximativeNumericConstant: Math.LN2 is not allowed here
const LN2 = 0.6931471805599453;

/** The natural logarithm of a number above 0, by the series of the inverse hyperbolic tangent. */
export function logarithm(x: number): number {
  let halvings = 0;
  while (x > 1.5) {
    x /= 2;
    halvings++;
  }
  while (x < 0.75) {
    x *= 2;
    halvings--;
  }
  const z = (x - 1) / (x + 1);
  const square = z * z;
  let sum = 0;
  for (let k = 27; k >= 1; k -= 2) sum = sum * square + 1 / k;
  return 2 * z * sum + halvings * LN2;
}

/** A duration of a memoryless wait with that mean, to a thousandth of its unit. */
export function exponentialDraw(stream: RandomStream, mean: number): number {
  return Math.round(-1000 * mean * logarithm(1 - stream.next())) / 1000;
}
