/** Values as Java prints them. */
import type { Zxid } from '../zxid.ts';

const DAY = 86_400_000;
const WEEKDAYS = ['Thu', 'Fri', 'Sat', 'Sun', 'Mon', 'Tue', 'Wed'];
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** Double.toString of a number below 10⁷, rounded to four places as averages are (AvgMinMaxCounter.getAvg). */
export function doubleText(value: number): string {
  const rounded = Math.round(value * 10_000) / 10_000;
  return Number.isInteger(rounded) ? `${rounded}.0` : String(rounded);
}

/** Long.toHexString of a zxid. */
export function zxidText(zxid: Zxid): string {
  return zxid < 0 ? 'ffffffffffffffff' : zxid.toString(16);
}

/** Long.toHexString of an id of 16 hex digits. */
export function idText(id: string): string {
  return id.replace(/^0+(?=.)/, '');
}

/** Date.toString in UTC. @param ms since 1970 */
export function dateText(ms: number): string {
  const days = Math.floor(ms / DAY);
  const { year, month, day } = civil(days);
  const seconds = Math.floor((ms - days * DAY) / 1000);
  const time = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60].map(two).join(':');
  return `${WEEKDAYS[((days % 7) + 7) % 7]} ${MONTHS[month]} ${two(day)} ${time} UTC ${year}`;
}

/** The Gregorian date of a day counted from 1970: eras of 400 years that begin in March, so that leap days come last. */
function civil(days: number): { readonly year: number; readonly month: number; readonly day: number } {
  const shifted = days + 719_468;
  const era = Math.floor(shifted / 146_097);
  const ofEra = shifted - era * 146_097;
  const yearOfEra = Math.floor(
    (ofEra - Math.floor(ofEra / 1460) + Math.floor(ofEra / 36_524) - Math.floor(ofEra / 146_096)) / 365,
  );
  const ofYear = ofEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const fromMarch = Math.floor((5 * ofYear + 2) / 153);
  const day = ofYear - Math.floor((153 * fromMarch + 2) / 5) + 1;
  const month = (fromMarch + 2) % 12;
  return { year: yearOfEra + 400 * era + (month < 2 ? 1 : 0), month, day };
}

function two(value: number): string {
  return String(value).padStart(2, '0');
}

/** Long.toString of 64 bits given as 16 hex digits. */
export function longText(hex: string): string {
  const units = Array.from(hex, (digit) => Number.parseInt(digit, 16));
  const negative = units[0]! >= 8;
  if (negative) negate(units);
  let digits = [0];
  for (const unit of units) {
    let carry = unit;
    digits = digits.map((digit) => {
      const sum = digit * 16 + carry;
      carry = Math.floor(sum / 10);
      return sum % 10;
    });
    for (; carry > 0; carry = Math.floor(carry / 10)) digits.push(carry % 10);
  }
  return (negative ? '-' : '') + digits.reverse().join('');
}

/** Two's complement of hex digits, in place. */
function negate(units: number[]): void {
  let carry = 1;
  for (let i = units.length - 1; i >= 0; i--) {
    const sum = 15 - units[i]! + carry;
    units[i] = sum % 16;
    carry = Math.floor(sum / 16);
  }
}
