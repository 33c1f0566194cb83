/** What came from outside during a session, kept so that the session can be saved as a run. */
import { rename, rm, writeFile } from 'node:fs/promises';
import type { OutsideInput, RunSpec } from '../../sim/spec.ts';

/** About what an input takes in the file beside its bytes. */
const ENTRY = 96;
/** A file is written in pieces of about so many characters. */
const PIECE = 1 << 20;

interface Entry {
  readonly input: OutsideInput;
  /** In place of those of the input. */
  readonly bytes: Uint8Array | null;
}

export class Recording {
  private readonly limit: number;
  private entries: Entry[] = [];
  /** What it would take as a file, bytes, about. */
  size = 0;
  /** It had to be given up: the session cannot be saved. */
  full: boolean;

  /** @param limit most bytes of a file; 0: nothing is kept */
  constructor(limit: number) {
    this.limit = limit;
    this.full = limit === 0;
  }

  /** Keeps an input; true where that was one too many. */
  add(input: OutsideInput, bytes: Uint8Array | null): boolean {
    if (this.full) return false;
    this.size += ENTRY + (bytes === null ? 0 : Math.ceil(bytes.length / 3) * 4);
    if (this.size > this.limit) {
      this.full = true;
      this.entries = [];
      return true;
    }
    this.entries.push({ input, bytes });
    return false;
  }

  /**
   * Writes the session so far as a run file, one input a line; what is there is replaced once all is written.
   *
   * @param run the session's run, to which the inputs belong
   */
  async save(path: string, run: RunSpec): Promise<void> {
    const entries = this.entries.slice();
    const partial = `${path}.partial`;
    try {
      await writeFile(partial, text(run, entries));
      await rename(partial, path);
    } catch (error) {
      await rm(partial, { force: true });
      throw error;
    }
  }
}

function* text(run: RunSpec, entries: readonly Entry[]): Generator<string> {
  const { outside: _, ...rest } = run;
  yield `${JSON.stringify(rest, null, 2).slice(0, -2)},\n  "outside": [`;
  let lines = '';
  for (const [i, { input, bytes }] of entries.entries()) {
    const whole = bytes === null ? input : { ...input, bytes: Buffer.from(bytes).toString('base64') };
    lines += `${i === 0 ? '' : ','}\n    ${JSON.stringify(whole)}`;
    if (lines.length < PIECE) continue;
    yield lines;
    lines = '';
  }
  yield entries.length === 0 ? ']\n}\n' : `${lines}\n  ]\n}\n`;
}
