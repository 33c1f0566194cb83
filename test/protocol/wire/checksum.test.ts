import { deflateSync, crc32 as zlibCrc32 } from 'node:zlib';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { adler32, crc32, crc32Int, crc32Long, crc32Text } from '../../../protocol/wire/index.ts';
import { LONG_MIN } from '../../../protocol/zxid.ts';
import { bytes, int, long } from './arbitraries.ts';

const adlerOf = (input: Uint8Array) => deflateSync(input).readUInt32BE(deflateSync(input).length - 4);

test('WIRE-4 adler32 is zlib’s, at any length and in pieces', () => {
  const big = new Uint8Array(20_000).fill(255);
  expect(adler32(big)).toBe(adlerOf(big));
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), fc.nat(300), (input, cut) => {
      const whole = adlerOf(input);
      expect(adler32(input)).toBe(whole);
      const at = Math.min(cut, input.length);
      expect(adler32(input, adler32(input, 1, 0, at), at)).toBe(whole);
    }),
  );
});

test('WIRE-5 crc32 is zlib’s, at any length and in pieces', () => {
  fc.assert(
    fc.property(bytes, bytes, (a, b) => {
      expect(crc32(a)).toBe(zlibCrc32(a));
      expect(crc32(b, crc32(a))).toBe(zlibCrc32(Buffer.concat([a, b])));
    }),
  );
});

test('WIRE-5 crc32 of numbers and text is that of their encoding', () => {
  fc.assert(
    fc.property(int, long, fc.string({ unit: 'grapheme' }), fc.nat(0xffff_ffff), (i, l, s, start) => {
      const buffer = Buffer.alloc(12);
      buffer.writeInt32BE(i);
      buffer.writeBigInt64BE(BigInt(l), 4);
      expect(crc32Long(l, crc32Int(i, start))).toBe(zlibCrc32(buffer, start));
      const bmp = s.replaceAll(/[\ud800-\udfff]/g, '?');
      expect(crc32Text(bmp, start)).toBe(zlibCrc32(bmp, start));
    }),
  );
  expect(crc32Long(LONG_MIN, 0)).toBe(zlibCrc32(Buffer.from('8000000000000000', 'hex')));
});
