/** How wide a text is, px, about and rather too much: so that labels find their places without being measured. */

/** Of letters, as shares of the font's size, in the wide faces that a system may have. */
const WIDE = 0.93;
const CAPITAL = 0.72;
const USUAL = 0.625;
const THIN = 0.4;

function shareOf(letter: string): number {
  if (/[mwMW%@→↛↮…]/.test(letter)) return WIDE;
  if (/[A-Z&=+<>]/.test(letter)) return CAPITAL;
  return /[ijl.,:;'|()[\]/ ]/.test(letter) ? THIN : USUAL;
}

export function textWidth(text: string, size: number): number {
  let width = 0;
  for (const letter of text) width += shareOf(letter);
  return width * size;
}
