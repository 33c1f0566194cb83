import type { Step, Zk } from '../api.ts';

/** 128 random bits as 32 hex digits. */
export function* guid(zk: Zk): Step<string> {
  let digits = '';
  while (digits.length < 32) {
    digits += Math.floor((yield* zk.random()) * 0x1_0000_0000)
      .toString(16)
      .padStart(8, '0');
  }
  return digits;
}
