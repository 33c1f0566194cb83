/** Work on one file, one piece after the other. */
export class Serial {
  private last: Promise<void> = Promise.resolve();
  private waiting = 0;

  /** Nothing is under way. */
  get idle(): boolean {
    return this.waiting === 0;
  }

  /** Begins when everything before it has ended, well or badly. */
  run(work: () => Promise<void>): Promise<void> {
    this.waiting++;
    const result = this.last.then(work);
    this.last = result.then(
      () => this.end(),
      () => this.end(),
    );
    return result;
  }

  /** Ends when everything asked for so far has. */
  settled(): Promise<void> {
    return this.last;
  }

  private end(): void {
    this.waiting--;
  }
}
