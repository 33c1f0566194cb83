/** One hash over the runs of a campaign, whatever their order: the hashes of shards add up to that of the whole. */
import { Hash64, hex64 } from '../trace-hash.ts';

/** What a run without a trace hash counts as: it never came to an end. */
export const NO_HASH = '0000000000000000';

/** The 64-bit wrapping sum of mix(run index, run hash), in two words. */
export class CampaignHash {
  private high = 0;
  private low = 0;

  /** Adds a run by its index and its trace hash, 16 hex digits. */
  run(index: number, traceHash: string): void {
    const mixed = new Hash64();
    mixed.number(index);
    mixed.word(word(traceHash, 0));
    mixed.word(word(traceHash, 8));
    this.sum(mixed.hex());
  }

  /** Adds the hash of other runs, 16 hex digits. */
  sum(hex: string): void {
    const low = this.low + word(hex, 8);
    this.low = low >>> 0;
    this.high = (this.high + word(hex, 0) + (low > this.low ? 1 : 0)) >>> 0;
  }

  /** 16 hex digits. */
  hex(): string {
    return hex64(this.high, this.low);
  }
}

function word(hex: string, at: number): number {
  return Number.parseInt(hex.slice(at, at + 8), 16);
}
