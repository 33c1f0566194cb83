/** One line that says how far a check is, where it takes long and somebody watches. */

const PATIENCE = 2000;
const INTERVAL = 250;

export class CheckProgress {
  private readonly file: string;
  private readonly start: number;
  private next: number;
  private shown = false;

  /** @param start ms, on the clock of {@link show} */
  constructor(file: string, start: number) {
    this.file = file;
    this.start = start;
    this.next = start + PATIENCE;
  }

  show(
    now: number,
    { partitions, decided }: { readonly partitions: number; readonly decided: number },
  ): void {
    if (now < this.next) return;
    const text = `${this.file}: ${((now - this.start) / 1000).toFixed(0)} s, ${decided} of ${partitions} partitions decided`;
    if (process.stderr.isTTY) {
      process.stderr.write(`\r\x1b[K${text}`);
      this.next = now + INTERVAL;
    } else {
      process.stderr.write(`${text}\n`);
      // Logs keep what they are told.
      this.next = now + 10 * PATIENCE;
    }
    this.shown = true;
  }

  end(): void {
    if (this.shown && process.stderr.isTTY) process.stderr.write('\r\x1b[K');
  }
}
