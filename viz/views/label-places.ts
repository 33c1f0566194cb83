/** Finds places for labels where they cover nothing. */
import { type Box, overlap, type Point } from './layout.ts';
import { textWidth } from './text-width.ts';

/** Between a label and what it belongs to, units. */
const BESIDE = 10;

export class LabelPlaces {
  private readonly taken: Box[];
  private readonly within: Box;
  /** Of the letters, units. */
  private readonly font: number;

  /** @param taken what labels must not cover, and `within` which they must stay */
  constructor(taken: readonly Box[], within: Box, font: number) {
    this.taken = [...taken];
    this.within = within;
    this.font = font;
  }

  take(box: Box): void {
    this.taken.push(box);
  }

  /**
   * Writes beside the first of some places where there is room, to its right or left, above or below; or not at all.
   *
   * @param origin of the element's own coordinates
   */
  write(
    element: SVGTextElement,
    text: string,
    places: readonly Point[],
    origin: Point = { x: 0, y: 0 },
  ): boolean {
    const found = text === '' ? null : this.find(text, places);
    element.textContent = found === null ? '' : text;
    if (found === null) return false;
    element.setAttribute('x', (found.x - origin.x).toFixed(1));
    element.setAttribute('y', (found.y - origin.y).toFixed(1));
    return true;
  }

  /** Where a text begins (its left end, on its base line). */
  find(text: string, places: readonly Point[]): Point | null {
    const { font, taken, within } = this;
    const width = textWidth(text, font);
    for (const { x, y } of places) {
      for (const start of [
        { x: x + BESIDE, y: y + font * 0.35 },
        { x: x - BESIDE - width, y: y + font * 0.35 },
        { x: x - width / 2, y: y - BESIDE },
        { x: x - width / 2, y: y + BESIDE + font * 0.75 },
      ]) {
        const box = {
          left: start.x,
          right: start.x + width,
          top: start.y - font,
          bottom: start.y + font * 0.3,
        };
        if (box.left < within.left || box.right > within.right) continue;
        if (box.top < within.top || box.bottom > within.bottom) continue;
        if (taken.some((other) => overlap(box, other, 1))) continue;
        taken.push(box);
        return start;
      }
    }
    return null;
  }
}
