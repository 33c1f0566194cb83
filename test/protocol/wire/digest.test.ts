import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { base64 } from '../../../protocol/wire/base64.ts';
import { sha1 } from '../../../protocol/wire/sha1.ts';

const hashOf = (input: Uint8Array) => createHash('sha1').update(input).digest('hex');
const hex = (input: Uint8Array) => Buffer.from(input).toString('hex');

test('ACL-5 sha1 is SHA-1, at every length around its blocks', () => {
  for (let length = 0; length < 200; length++) {
    const input = new Uint8Array(length).map((_, i) => i * 37 + length);
    expect(hex(sha1(input)), `${length} bytes`).toBe(hashOf(input));
  }
  fc.assert(fc.property(fc.uint8Array({ maxLength: 5000 }), (input) => hex(sha1(input)) === hashOf(input)));
});

test('ACL-5 base64 is the standard one, padded', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 100 }), (input) => {
      expect(base64(input)).toBe(Buffer.from(input).toString('base64'));
    }),
  );
});
