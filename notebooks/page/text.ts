/** Numbers and lists as text. */

/** 12 345 as `12,345`. @param digits most digits behind the point */
export function number(value: number, digits = 0): string {
  return value.toLocaleString('en-GB', { maximumFractionDigits: digits });
}

/** 0.123 as `12.3 %`. */
export function percent(share: number, digits = 1): string {
  return `${(share * 100).toFixed(digits).replace('-', '−')} %`;
}

/** The same with a sign. */
export function signed(share: number, digits = 1): string {
  return `${share > 0 ? '+' : ''}${percent(share, digits)}`;
}

/** `a, b and c`. */
export function list(words: readonly (string | number)[]): string {
  if (words.length <= 1) return words.join('');
  return `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`;
}
