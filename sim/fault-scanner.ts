/** Reading what a person wrote of a fault, word by word. */

/** A text says no fault; `message` is one sentence: what is wrong, and what would be right. */
export class FaultTextError extends Error {
  override name = 'FaultTextError';
}

const SERVER_WORDS = ['leader', 'follower', 'observer', 'random', 'it'];
const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, min: 60_000, h: 3_600_000 };
const NUMBER = /^\d+(?:\.\d+)?(?:e[+-]?\d+)?/i;
const MOST_SERVERS = 254;
const MOST_CLIENTS = 10_000;

/** How the two ends of a link may be joined: in one direction, and in both. */
const ONE_WAY = /^(?:->|→|>|to\b)/i;
const BOTH_WAYS = /^(?:<->|<>|↔|-|–|and\b)/i;

/** The text behind the name of a fault, taken from the front. */
export class FaultScanner {
  private rest: string;
  private readonly usage: string;
  private readonly servers: readonly number[] | null;

  /**
   * @param usage what the fault looks like, for complaints
   * @param servers ids that there are; null: any
   */
  constructor(text: string, usage: string, servers: readonly number[] | null) {
    this.rest = text.trim();
    this.usage = usage;
    this.servers = servers;
  }

  /** @param more other words that may stand for servers */
  server<W extends string>(more: readonly W[] = []): number | W {
    this.take(/^server\b/i);
    const found = this.word();
    const words = [...SERVER_WORDS, ...more];
    const wanted = `a server's number or one of ${words.join(', ')}`;
    if (found === '') throw this.complaint(`there is no server in it`);
    if (/^\d+$/.test(found)) {
      const id = Number(found);
      const known = this.servers === null ? id >= 1 && id <= MOST_SERVERS : this.servers.includes(id);
      if (!known)
        throw this.complaint(
          this.servers === null
            ? `${found} is no server's number`
            : `server ${found} is none of ${this.servers.join(', ')}`,
        );
      return id;
    }
    if (!words.includes(found)) throw this.complaint(`'${found}' is not ${wanted}`);
    return found as W;
  }

  client<W extends string>(more: readonly W[] = []): number | W {
    this.take(/^client\b/i);
    const found = this.word();
    const words = ['random', 'it', ...more];
    if (found === '') throw this.complaint('there is no client in it');
    if (/^\d+$/.test(found) && Number(found) >= 1 && Number(found) <= MOST_CLIENTS) return Number(found);
    if (!words.includes(found))
      throw this.complaint(`'${found}' is not a client's number or one of ${words.join(', ')}`);
    return found as W;
  }

  /** Whether the ends of a link are joined in both directions. */
  joint(): boolean {
    if (this.take(ONE_WAY) !== null) return false;
    if (this.take(BOTH_WAYS) !== null) return true;
    throw this.complaint("there is no '>' (one direction) or '-' (both) between two servers");
  }

  /** Groups of servers with bars between them; blanks or commas between servers. */
  groups<T>(one: () => T): T[][] {
    const groups: T[][] = [[]];
    while (this.rest !== '') {
      if (this.take(/^\|/) !== null) groups.push([]);
      else {
        groups.at(-1)!.push(one());
        this.comma();
      }
    }
    return groups;
  }

  /** Passes over a comma, if there is one. */
  comma(): void {
    this.take(/^,/);
  }

  /** A duration with its unit, ms. @param signed with `+` or `-` before it */
  duration(signed = false): number {
    const sign = signed ? this.take(/^[+-]/) : null;
    const number = this.take(NUMBER);
    const [, unit = ''] = number === null ? [] : (/^(ms|s|min|m|h)\b/i.exec(this.rest) ?? []);
    if (number === null) throw this.complaint('there is no time in it, such as 500ms or 5s');
    if (unit === '') throw this.complaint(`'${number}${this.word()}' has no unit, such as ms, s or m`);
    this.take(/^[a-z]+/i);
    return (sign === '-' ? -1 : 1) * Number(number) * UNITS[unit.toLowerCase()]!;
  }

  /** A share: `5%` or `0.05`. */
  share(): number {
    const number = this.take(NUMBER);
    if (number === null) throw this.complaint('there is no share in it, such as 5%');
    const share = this.take(/^%/) === null ? Number(number) : Number(number) / 100;
    if (share > 1) throw this.complaint(`${number} is more than all: write a share up to 100%`);
    return share;
  }

  count(what: string): number {
    const found = this.take(/^\d{1,15}\b/);
    if (found === null) throw this.complaint(`there is no ${what} in it`);
    return Number(found);
  }

  /** Takes a keyword, if it stands here. */
  keyword(word: string): boolean {
    return this.take(new RegExp(`^${word}\\b`, 'i')) !== null;
  }

  /** All that is left, which must be JSON. */
  json(): unknown {
    const text = this.rest;
    this.rest = '';
    try {
      return JSON.parse(text);
    } catch {
      throw this.complaint(`'${text}' is not JSON`);
    }
  }

  get atEnd(): boolean {
    return this.rest === '';
  }

  /** @throws FaultTextError where something is left */
  end(): void {
    if (this.rest !== '') throw this.complaint(`'${this.rest}' is too much`);
  }

  complaint(problem: string): FaultTextError {
    return new FaultTextError(`${problem}; write ${this.usage}`);
  }

  private word(): string {
    return (this.take(/^[^\s,|>→<↔–-]+/) ?? '').toLowerCase();
  }

  /** Takes what matches at the front, and blanks behind it; null: nothing does. */
  private take(pattern: RegExp): string | null {
    const found = pattern.exec(this.rest)?.[0] ?? null;
    if (found !== null) this.rest = this.rest.slice(found.length).trimStart();
    return found;
  }
}
