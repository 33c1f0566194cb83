import { describe, expect, it } from 'vitest';
import { passwordOf, SessionIds, serverOf } from '../../../protocol/server/session-id.ts';

describe('SESSION-1 ids and passwords', () => {
  it('SESSION-1 an id is server, clock and count, and the count carries into the clock', () => {
    const ids = new SessionIds(3);
    expect(ids.next(0x1_23456789ab)).toBe('0323456789ab0000');
    expect(ids.next(0)).toBe('0323456789ab0001');
    for (let i = 2; i < 0xffff; i++) ids.next(0);
    expect(ids.next(0)).toBe('0323456789abffff');
    expect(ids.next(0)).toBe('0323456789ac0000');
    expect(serverOf('0323456789ab0000')).toBe(3);
  });

  it('SESSION-1 a password is what java.util.Random gives for the id and the secret', () => {
    // By an independent 64-bit computation of Random(id ^ 0xB3415C00).nextBytes(16).
    for (const id of [
      '0000000000000000',
      '0100000000000001',
      '7fffffffffffffff',
      'fe0123456789abcd',
      '03c0ffee12345678',
    ]) {
      expect(passwordOf(id)).toBe(javaPassword(BigInt(`0x${id}`)));
    }
    expect(new Set(['01', '02', '03'].map((end) => passwordOf(`01000000000000${end}`))).size).toBe(3);
  });
});

function javaPassword(id: bigint): string {
  const mask = (1n << 48n) - 1n;
  let seed = (id ^ 0xb3415c00n ^ 0x5deece66dn) & mask;
  let bytes = '';
  for (let i = 0; i < 4; i++) {
    seed = (seed * 0x5deece66dn + 0xbn) & mask;
    let int = Number((seed >> 16n) & 0xffffffffn) | 0;
    for (let j = 0; j < 4; j++) {
      bytes += (int & 0xff).toString(16).padStart(2, '0');
      int >>= 8;
    }
  }
  return bytes;
}
