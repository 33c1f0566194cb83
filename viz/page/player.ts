/** Plays the run: moves the time shown, and goes to the next event when it is due. */
import type { Lab } from './lab.ts';

/** A pause in the page's own frames longer than this is not made up for, s. */
const LONGEST = 0.1;

export class Player {
  private readonly lab: Lab;
  /** Of the way from the frame's event to the next one, or more where several are due. */
  private share = 0;
  private event = -1;

  constructor(lab: Lab) {
    this.lab = lab;
  }

  /** `seconds` have passed. */
  tick(seconds: number): void {
    const { lab } = this;
    const frame = lab.frame.peek();
    if (!lab.playing.peek() || frame === null) {
      this.share = 0;
      return;
    }
    const { complete, length } = lab.tape.peek();
    if (frame.over || (complete && frame.event >= length)) {
      lab.playing.value = false;
      return;
    }
    const passed = Math.min(LONGEST, seconds);
    const rate = 2 ** lab.speed.peek();
    const next = lab.next.peek();
    if (frame.event !== this.event) {
      this.event = frame.event;
      this.share %= 1;
    }
    if (lab.pace.peek() === 'event') {
      this.share += passed * rate;
      if (next !== null) lab.time.value = frame.time + (next - frame.time) * Math.min(1, this.share);
      if (this.share >= 1 && !lab.waiting) lab.seek(frame.event + Math.floor(this.share));
      return;
    }
    const time = lab.time.peek() + passed * rate;
    if (next === null || time < next) {
      lab.time.value = time;
      return;
    }
    if (lab.waiting) return;
    lab.go({ kind: 'seekTime', time });
  }
}
