/** Java's properties files, the format of zoo.cfg (java.util.Properties.load). */

export interface Property {
  readonly key: string;
  readonly value: string;
  /** Where it begins, from 1. */
  readonly line: number;
}

/** All properties in order; one key may be there several times, and the last one counts. */
export function readProperties(text: string): Property[] {
  const properties: Property[] = [];
  const lines = text.split(/\r\n|\n|\r/);
  for (let i = 0; i < lines.length; i++) {
    let logical = (lines[i] as string).trimStart();
    if (logical === '' || /^[#!]/.test(logical)) continue;
    const line = i + 1;
    while (/(?:^|[^\\])(?:\\\\)*\\$/.test(logical) && i + 1 < lines.length) {
      logical = logical.slice(0, -1) + (lines[++i] as string).trimStart();
    }
    const [, key = '', value = ''] = /^((?:\\.|[^\\\s=:])*)\s*[=:]?\s*(.*)$/s.exec(logical) ?? [];
    properties.push({ key: plain(key), value: plain(value).trimEnd(), line });
  }
  return properties;
}

const ESCAPES: Readonly<Record<string, string>> = { t: '\t', n: '\n', r: '\r', f: '\f' };

function plain(text: string): string {
  return text.replace(/\\(?:u([0-9a-fA-F]{4})|(.))/g, (_, hex: string | undefined, one: string) =>
    hex === undefined ? (ESCAPES[one] ?? one) : String.fromCharCode(Number.parseInt(hex, 16)),
  );
}
