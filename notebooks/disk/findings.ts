/** The latency of a commit by order statistics: it waits for the fastest quorum of disks. */
import { LATENCY } from './experiment.ts';

/** Probability that a standard normal number is below x (Abramowitz and Stegun 7.1.26, within 1.5e-7). */
export function normalBelow(x: number): number {
  const z = Math.abs(x) / Math.SQRT2;
  const t = 1 / (1 + 0.3275911 * z);
  const series =
    t * (0.254829592 + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429))));
  const erf = 1 - series * Math.exp(-z * z);
  return x < 0 ? (1 - erf) / 2 : (1 + erf) / 2;
}

/** Probability that a flush takes at most that long. ms */
export function flushedBy(time: number, flush: number, sigma: number): number {
  if (time <= 0) return 0;
  if (sigma === 0) return time >= flush ? 1 : 0;
  return normalBelow(Math.log(time / flush) / sigma);
}

/** Probability that a commit takes at most that long: a quorum of disks is done, followers one round trip later. */
export function committedBy(time: number, servers: number, flush: number, sigma: number): number {
  const follower = flushedBy(time - 2 * LATENCY, flush, sigma);
  const leader = flushedBy(time, flush, sigma);
  const quorum = Math.floor(servers / 2) + 1;
  const others = servers - 1;
  let enough = 0;
  let choices = 1;
  for (let done = 0; done <= others; done++) {
    const share = choices * follower ** done * (1 - follower) ** (others - done);
    if (done >= quorum) enough += share;
    else if (done === quorum - 1) enough += share * leader;
    choices = (choices * (others - done)) / (done + 1);
  }
  return enough;
}

/** Mean latency of a commit, ms: the integral of what is not yet done. */
export function expectedLatency(servers: number, flush: number, sigma: number): number {
  const most = sigma === 0 ? flush + 4 * LATENCY : flush * Math.exp(5 * sigma);
  const steps = 20_000;
  let sum = 0;
  for (let i = 0; i < steps; i++) sum += 1 - committedBy(((i + 0.5) * most) / steps, servers, flush, sigma);
  return (sum * most) / steps;
}

/** The time below which a share of commits lies, ms. */
export function expectedQuantile(share: number, servers: number, flush: number, sigma: number): number {
  let low = 0;
  let high = flush * Math.exp(6 * sigma) + 4 * LATENCY;
  for (let i = 0; i < 60; i++) {
    const middle = (low + high) / 2;
    if (committedBy(middle, servers, flush, sigma) < share) low = middle;
    else high = middle;
  }
  return high;
}
