/** Many whole numbers for their median, four bytes each. */
export class Sample {
  private values: Uint32Array = new Uint32Array(1024);
  private count = 0;

  /** @param value whole, from 0; what does not fit into 32 bits counts as the largest that does */
  add(value: number): void {
    if (this.count === this.values.length) {
      const larger = new Uint32Array(2 * this.count);
      larger.set(this.values);
      this.values = larger;
    }
    this.values[this.count++] = Math.min(value, 0xffff_ffff);
  }

  /** Of an even number of values the upper one in the middle; 0 without any. */
  median(): number {
    return this.values.slice(0, this.count).sort()[this.count >> 1] ?? 0;
  }
}
