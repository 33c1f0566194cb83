/** Four-letter words: what a client sends instead of a first frame (org.apache.zookeeper.server.command.FourLetterCommands). */

import { JuteWriter, utf8Length } from './jute.ts';

/** All that Apache's server knows. */
export const FOUR_LETTER_WORDS = [
  'conf',
  'cons',
  'crst',
  'dirs',
  'dump',
  'envi',
  'gtmk',
  'hash',
  'isro',
  'mntr',
  'ruok',
  'srst',
  'srvr',
  'stat',
  'stmk',
  'wchc',
  'wchp',
  'wchs',
] as const;
export type FourLetterWord = (typeof FOUR_LETTER_WORDS)[number];

/** The word's four ASCII bytes as a big-endian int: what a server reads where a frame's length would be. */
export function wordCode(word: FourLetterWord): number {
  let code = 0;
  for (let i = 0; i < word.length; i++) code = (code << 8) | word.charCodeAt(i);
  return code;
}

const BY_CODE: ReadonlyMap<number, FourLetterWord> = new Map(
  FOUR_LETTER_WORDS.map((word) => [wordCode(word), word]),
);

/** The word that these first four bytes of a connection are; null: none, so they are the length of a frame. */
export function wordOf(code: number): FourLetterWord | null {
  return BY_CODE.get(code) ?? null;
}

/** A word, or the answer to one, as bytes: text without a length. */
export function textBytes(text: string): Uint8Array {
  const writer = new JuteWriter(utf8Length(text) + 4).string(text);
  return writer.finish().slice(4);
}
