/** The text in quota nodes: `count=4,bytes=5=;byteHardLimit=10;countHardLimit=10` (org.apache.zookeeper.StatsTrack). */

/** Numbers of a quota's limits or of what is counted against it; −1: none. */
export interface StatsTrack {
  readonly count: number;
  readonly bytes: number;
  readonly countHardLimit: number;
  readonly byteHardLimit: number;
}

const NUMBER = /^[+-]?[0-9]+$/;

/** Reads the text. What it does not name is −1, as is what is no number: Apache throws there. */
export function parseStatsTrack(data: Uint8Array | null): StatsTrack {
  const values = new Map<string, number>();
  for (const pair of asciiOf(data).split(/[,;]+/)) {
    const [key = '', value = ''] = pair.split('=');
    values.set(key, NUMBER.test(value) ? Number(value) : -1);
  }
  return {
    count: values.get('count') ?? -1,
    bytes: values.get('bytes') ?? -1,
    countHardLimit: values.get('countHardLimit') ?? -1,
    byteHardLimit: values.get('byteHardLimit') ?? -1,
  };
}

/**
 * The text. Hard limits stand there only where they are set; the odd `=` before them is Apache's, it lets old versions
 * read the first two.
 */
export function formatStatsTrack(track: StatsTrack): Uint8Array {
  const { count, bytes, countHardLimit, byteHardLimit } = track;
  let text = `count=${count},bytes=${bytes}`;
  if (byteHardLimit !== -1 || countHardLimit !== -1) text += '=';
  if (byteHardLimit !== -1) text += `;byteHardLimit=${byteHardLimit}`;
  if (countHardLimit !== -1) text += `;countHardLimit=${countHardLimit}`;
  const data = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) data[i] = text.charCodeAt(i);
  return data;
}

function asciiOf(data: Uint8Array | null): string {
  let text = '';
  if (data !== null) for (const byte of data) text += String.fromCharCode(byte);
  return text;
}
