/** Means, quantiles and confidence intervals of what was measured. */

export function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** Of the mean of independent values; 0 of one value. */
export function standardError(values: readonly number[]): number {
  const { length } = values;
  if (length < 2) return 0;
  const middle = mean(values);
  const squares = values.reduce((sum, value) => sum + (value - middle) * (value - middle), 0);
  return Math.sqrt(squares / (length - 1) / length);
}

/** Linear between the two values around the place, as in R's default. @param share 0…1 */
export function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  const place = (sorted.length - 1) * share;
  const below = Math.floor(place);
  const low = sorted[below] ?? Number.NaN;
  const high = sorted[Math.min(below + 1, sorted.length - 1)] ?? Number.NaN;
  return low + (high - low) * (place - below);
}

export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

/** Density of Student's distribution, not normalized. */
function density(t: number, freedom: number): number {
  return (1 + (t * t) / freedom) ** (-(freedom + 1) / 2);
}

/** Integral of a function over [from, to] by Simpson's rule. */
function integral(f: (x: number) => number, from: number, to: number, parts: number): number {
  const step = (to - from) / parts;
  let sum = f(from) + f(to);
  for (let i = 1; i < parts; i++) sum += f(from + i * step) * (i % 2 === 1 ? 4 : 2);
  return (sum * step) / 3;
}

/**
 * What Student's t stays below in absolute value with that probability.
 * @param freedom degrees of freedom, 2 or more
 * @param confidence above 0, below 1
 */
export function studentQuantile(freedom: number, confidence: number): number {
  // t = tan(a) brings the whole line into reach.
  const weight = (a: number): number => density(Math.tan(a), freedom) / Math.cos(a) ** 2;
  const whole = integral(weight, 0, Math.PI / 2 - 1e-6, 2000);
  let low = 0;
  let high = Math.PI / 2 - 1e-6;
  for (let i = 0; i < 50; i++) {
    const middle = (low + high) / 2;
    if (integral(weight, 0, middle, 400) / whole < confidence) low = middle;
    else high = middle;
  }
  return Math.tan(low);
}

/** Half the width of the mean's confidence interval; 0 of one value. */
export function halfWidth(values: readonly number[], confidence: number): number {
  if (values.length < 2) return 0;
  return studentQuantile(Math.max(2, values.length - 1), confidence) * standardError(values);
}
