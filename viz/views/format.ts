/** Numbers as people read them. */

/** `12.345 ms`, `1,204 ms`: virtual time. */
export function ms(time: number): string {
  return `${time.toLocaleString('en', { minimumFractionDigits: 3, maximumFractionDigits: 3 })} ms`;
}

export function count(value: number): string {
  return value.toLocaleString('en');
}

/** `[2,7]`: epoch and counter of a zxid; `–` for that of an empty history. */
export function epochCounter(zxid: number): string {
  if (zxid <= 0) return '–';
  const epoch = Math.floor(zxid / 0x1_0000_0000);
  return `[${epoch},${zxid - epoch * 0x1_0000_0000}]`;
}

/** A text with its zxids as epoch and counter: `PROPOSAL [1,6]` for `PROPOSAL 0x100000006`. */
export function briefly(text: string): string {
  return text.replace(/0x([0-9a-f]{9,12})\b/g, (_, hex: string) => epochCounter(Number.parseInt(hex, 16)));
}
