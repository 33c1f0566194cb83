import { expect, it } from 'vitest';
import { Pace } from '../../../live/gateway/pace.ts';

function paceWith(longest: number) {
  const clock = { time: 1000 };
  const pace = new Pace(() => clock.time, longest);
  const after = (ms: number): number => {
    clock.time += ms;
    return pace.now();
  };
  return { pace, after };
}

it('virtual time keeps step with real time', () => {
  const { pace, after } = paceWith(100);
  expect([after(5), after(0.25), after(99)]).toEqual([5, 5.25, 104.25]);
  expect(pace.slipped).toBe(0);
});

it('what it cannot keep up with is left out: a suspended machine wakes where it was', () => {
  const { pace, after } = paceWith(100);
  after(50);
  expect(after(3_600_000)).toBe(150);
  expect(pace.slipped).toBe(3_599_900);
  expect(after(10)).toBe(160);
});

it('rest is no delay, however long, but what goes beyond it is', () => {
  const { pace, after } = paceWith(100);
  pace.restFor(900);
  expect(after(300)).toBe(300);
  expect(after(650)).toBe(950);
  expect(pace.slipped).toBe(0);
  pace.restFor(500);
  expect(after(1000)).toBe(1550);
  expect(pace.slipped).toBe(400);
});

it('a simulation that falls behind slows time down', () => {
  const { pace, after } = paceWith(100);
  after(80);
  pace.slipTo(30);
  expect(after(20)).toBe(50);
  pace.slipTo(60);
  expect(after(1)).toBe(51);
});

it('a clock that goes back stands still', () => {
  const { after } = paceWith(100);
  after(10);
  expect(after(-5)).toBe(10);
});
