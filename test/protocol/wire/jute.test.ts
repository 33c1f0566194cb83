import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  bufferSize,
  JuteError,
  JuteReader,
  JuteWriter,
  stringSize,
  utf8Length,
} from '../../../protocol/wire/index.ts';
import { LONG_MIN } from '../../../protocol/zxid.ts';
import { data, fromHex, hex16, int, long, text } from './arbitraries.ts';

test('WIRE-1 jute values are big-endian, as written by hand', () => {
  const writer = new JuteWriter(1);
  writer.int(-2).long(-1).long(LONG_MIN).long(0x2_0000_0003).hex16('ff00000000000001').bool(true).bool(false);
  writer
    .buffer(new Uint8Array([1, 2]))
    .buffer(null)
    .buffer(new Uint8Array(0))
    .string('/a')
    .string(null);
  writer.vector([7, 8], (w, item) => w.int(item)).vector(null, () => undefined);
  const golden = fromHex(`
    fffffffe ffffffffffffffff 8000000000000000 0000000200000003 ff00000000000001 01 00
    00000002 0102 ffffffff 00000000 00000002 2f61 ffffffff
    00000002 00000007 00000008 ffffffff`);
  expect(writer.finish()).toEqual(golden);
  const reader = new JuteReader(golden);
  expect([reader.int(), reader.long(), reader.long(), reader.long()]).toEqual([
    -2,
    -1,
    LONG_MIN,
    0x2_0000_0003,
  ]);
  expect([reader.hex16(), reader.bool(), reader.bool()]).toEqual(['ff00000000000001', true, false]);
  expect([reader.buffer(), reader.buffer(), reader.buffer()]).toEqual([
    fromHex('0102'),
    null,
    new Uint8Array(0),
  ]);
  expect([reader.string(), reader.string()]).toEqual(['/a', null]);
  expect([reader.vector((r) => r.int()), reader.vector((r) => r.int())]).toEqual([[7, 8], null]);
  reader.expectEnd();
});

test('WIRE-1 every value survives, and its size is known beforehand', () => {
  fc.assert(
    fc.property(
      int,
      long,
      hex16,
      fc.boolean(),
      data,
      fc.option(text),
      fc.array(text),
      (i, l, h, b, d, s, v) => {
        const writer = new JuteWriter();
        writer.int(i).long(l).hex16(h).bool(b).buffer(d).string(s);
        writer.vector(v, (w, item) => w.string(item));
        const written = writer.finish();
        const strings = v.reduce((sum, item) => sum + stringSize(item), 4);
        expect(written.length).toBe(21 + bufferSize(d) + (s === null ? 4 : stringSize(s)) + strings);
        const reader = new JuteReader(written);
        expect(reader.int()).toBe(i);
        expect(reader.long()).toBe(l);
        expect(reader.hex16()).toBe(h);
        expect(reader.bool()).toBe(b);
        expect(reader.buffer()).toEqual(d);
        expect(reader.string()).toBe(s);
        expect(reader.vector((r) => r.text())).toEqual(v);
        reader.expectEnd();
      },
    ),
  );
});

test('WIRE-2 each UTF-16 unit is encoded by itself; four-byte forms are understood', () => {
  expect(new JuteWriter().string('é€😀').finish()).toEqual(fromHex('0000000b c3a9 e282ac eda0bd edb880'));
  expect(utf8Length('é€😀')).toBe(11);
  expect(new JuteReader(fromHex('00000004 f09f9880')).string()).toBe('😀');
  expect(new JuteReader(fromHex('00000006 eda0bd edb880')).string()).toBe('😀');
  const long = 'aé'.repeat(5000);
  expect(new JuteReader(new JuteWriter().string(long).finish()).string()).toBe(long);
  for (const bad of ['80', 'c080', 'c3', 'e0808f', 'e282', 'f0808080', 'f4908080', 'f5', 'ff', 'c341']) {
    const length = (bad.length / 2).toString(16).padStart(8, '0');
    expect(() => new JuteReader(fromHex(length + bad)).string(), bad).toThrow(JuteError);
  }
});

test('WIRE-3 a long that a double does not hold exactly is refused, both ways', () => {
  for (const value of ['7fffffffffffffff', '0020000000000000', 'ffe0000000000000', '8000000000000001']) {
    expect(() => new JuteReader(fromHex(value)).long(), value).toThrow(/outside ±2\^53/);
    expect(new JuteReader(fromHex(value)).hex16()).toBe(value);
  }
  expect(new JuteReader(fromHex('001fffffffffffff')).long()).toBe(Number.MAX_SAFE_INTEGER);
  expect(new JuteReader(fromHex('ffe0000000000001')).long()).toBe(Number.MIN_SAFE_INTEGER);
  for (const value of [2 ** 53, 0.5, Number.NaN])
    expect(() => new JuteWriter().long(value)).toThrow(JuteError);
  for (const value of ['', '12', '00000000000000AB']) {
    expect(() => new JuteWriter().hex16(value)).toThrow(JuteError);
  }
});

test('WIRE-6 hostile bytes throw a JuteError and nothing else', () => {
  for (const claim of ['7fffffff', 'fffffffe', '80000000', '00000001']) {
    const reader = () => new JuteReader(fromHex(claim));
    expect(() => reader().buffer()).toThrow(JuteError);
    expect(() => reader().string()).toThrow(JuteError);
    expect(() => reader().vector((r) => r.byte())).toThrow(JuteError);
  }
  expect(() => new JuteReader(fromHex('ffffffff')).text()).toThrow(/null/);
  expect(() => new JuteReader(fromHex('00')).expectEnd()).toThrow(JuteError);
  const reads = ['byte', 'bool', 'int', 'long', 'hex16', 'buffer', 'string', 'text'] as const;
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 30 }), fc.array(fc.constantFrom(...reads)), (input, calls) => {
      const reader = new JuteReader(input);
      try {
        for (const call of calls) reader[call]();
        reader.vector((r) => r.text());
      } catch (error) {
        expect(error).toBeInstanceOf(JuteError);
      }
      expect(reader.offset).toBeLessThanOrEqual(input.length);
    }),
  );
});

test('WIRE-6 a reader stays within its part of a larger array', () => {
  const outer = fromHex('00000009 00000001 00000002');
  const reader = new JuteReader(outer.subarray(4), 0, 4);
  expect(reader.int()).toBe(1);
  expect(() => reader.int()).toThrow(/truncated/);
});
