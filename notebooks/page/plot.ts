/** What all pictures share: fonts, colours that follow light and dark, room for labels on small screens. */
import * as Plot from '@observablehq/plot';

/** Colours that can be told apart by most people, as in the lab; the style sheet says what they are in the dark. */
export const PALETTE = ['blue', 'orange', 'green', 'pink', 'yellow', 'sky', 'grey'].map(
  (name) => `var(--${name})`,
);

export const INK = 'currentColor';
export const FAINT = 'var(--theme-foreground-fainter)';

/** Widest picture, px. */
const WIDEST = 880;

/** @param width of the column, px */
export function plot(width: number, options: Plot.PlotOptions): (SVGSVGElement | HTMLElement) & Plot.Plot {
  const own = Math.max(280, Math.min(WIDEST, width));
  return Plot.plot({
    width: own,
    height: Math.round(Math.min(420, 180 + own * 0.28)),
    marginLeft: 56,
    marginBottom: 42,
    ...options,
    style: { fontFamily: 'var(--sans-serif)', fontSize: '12px', background: 'transparent' },
    color: { range: PALETTE, ...options.color },
  });
}
