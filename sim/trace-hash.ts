/** The trace hash: 64 bits over all events of a run and what the protocol reported; and its ladder. */
import { EVENT_KINDS, FIELDS_BY_NUMBER, HASHED_BY_NUMBER, TRACE_HASH_VERSION } from './event-fields.ts';
import type { QueuedEvent } from './queue.ts';
import type { SimEvent } from './world-event.ts';

const MOST_RUNGS = 1024;

/** 32-bit FNV-1a hash of a string's UTF-16 code units. */
export function hashString(text: string): number {
  let hash = 0x811c9dc5 | 0;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return hash;
}

/** Two 32-bit words as 16 lower-case hex digits. */
export function hex64(high: number, low: number): string {
  return (high >>> 0).toString(16).padStart(8, '0') + (low >>> 0).toString(16).padStart(8, '0');
}

/** A 64-bit hash of numbers, strings and booleans fed one after the other. */
export class Hash64 {
  high = 0x9e3779b9 | 0;
  low = 0x7f4a7c15 | 0;

  /** Mixes 32 bits. */
  word(value: number): void {
    let a = Math.imul(this.high ^ value, 0x85ebca6b);
    a = (a << 13) | (a >>> 19);
    const b = Math.imul(this.low ^ value ^ (a >>> 7), 0xc2b2ae35);
    this.high = (Math.imul(a, 5) + 0x64e6546b) | 0;
    this.low = (((b << 17) | (b >>> 15)) + a) | 0;
  }

  /** Mixes a number of any size: 32 bits at once, larger ones and fractions in parts. */
  number(value: number): void {
    const low = value | 0;
    this.word(low);
    if (low === value) return;
    const high = Math.floor(value / 0x1_0000_0000);
    this.word(high | 0);
    const fraction = value - Math.floor(value);
    if (fraction !== 0) this.word((fraction * 0x1_0000_0000) | 0);
  }

  /** Mixes a number, string or boolean; anything else as nothing. */
  value(value: unknown): void {
    if (typeof value === 'number') this.number(value);
    else if (typeof value === 'string') this.word(hashString(value));
    else this.word(value === true ? 1 : value === false ? 2 : 3);
  }

  /** 16 hex digits. */
  hex(): string {
    return finished(this.high, this.low);
  }
}

/** A last round, so that the last word reaches all bits; 16 hex digits. */
function finished(high: number, low: number): string {
  let a = high ^ (low >>> 16);
  a = Math.imul(a ^ (a >>> 16), 0x7feb352d);
  let b = low ^ Math.imul(a, 0x846ca68b);
  b = Math.imul(b ^ (b >>> 15), 0x2c1b3c6d);
  return hex64(a ^ (b >>> 13), b ^ (a >>> 16));
}

const KIND_HASHES: readonly number[] = EVENT_KINDS.map((kind) => hashString(kind));

/** Every `every`-th event's hash, at most 1,024 of them, each 16 hex digits. */
export interface HashLadder {
  readonly every: number;
  readonly rungs: readonly string[];
}

/** The hash of a run so far. */
export class TraceHash {
  readonly hash = new Hash64();
  every = 1;
  /** Two words of each rung: they become text only when somebody asks. */
  private rungs: number[] = [];

  constructor() {
    this.hash.word(TRACE_HASH_VERSION);
  }

  /** An event is about to be handled. */
  event(event: QueuedEvent): void {
    this.hash.number(event.time);
    this.hash.word(event.kind * 0x10000 + event.owner);
  }

  /** Something was reported; `kind` is its number. */
  probe(event: SimEvent, kind: number): void {
    if (!HASHED_BY_NUMBER[kind]) return;
    this.hash.word(KIND_HASHES[kind]!);
    const fields = FIELDS_BY_NUMBER[kind]!;
    const record = event as unknown as Record<string, unknown>;
    for (let i = 0; i < fields.length; i++) this.hash.value(record[fields[i]!]);
  }

  /** Event number `events` was handled. */
  handled(events: number): void {
    if (events % this.every !== 0) return;
    this.rungs.push(this.hash.high, this.hash.low);
    if (this.rungs.length <= 2 * MOST_RUNGS) return;
    this.every *= 2;
    this.rungs = this.rungs.filter((_, i) => i % 4 >= 2);
  }

  hex(): string {
    return this.hash.hex();
  }

  /** As it is now. */
  ladder(): HashLadder {
    const words = this.rungs.slice();
    let rungs: string[] | null = null;
    return {
      every: this.every,
      // Of most runs nobody asks for it.
      get rungs() {
        if (rungs !== null) return rungs;
        rungs = [];
        for (let i = 0; i < words.length; i += 2) rungs.push(finished(words[i]!, words[i + 1]!));
        return rungs;
      },
    };
  }
}
