/** Icons, drawn here so that nothing is fetched. */
import { svg, type TemplateResult } from 'lit-html';

const PATHS: Readonly<Record<string, string>> = {
  play: 'M6 4l10 6-10 6z',
  pause: 'M6 4h3v12H6zM11 4h3v12h-3z',
  forward: 'M5 4l8 6-8 6zM14 4h2v12h-2z',
  back: 'M15 4l-8 6 8 6zM4 4h2v12H4z',
  markForward: 'M3 5l6 5-6 5zM9 5l6 5-6 5zM16 4h2v12h-2z',
  markBack: 'M17 5l-6 5 6 5zM11 5l-6 5 6 5zM2 4h2v12H2z',
  first: 'M4 4h2v12H4zM16 4v12l-9-6z',
  last: 'M14 4h2v12h-2zM4 4v12l9-6z',
};

export function icon(name: string): TemplateResult {
  return svg`<svg viewBox="0 0 20 20" width="18" height="18" aria-hidden="true"><path fill="currentColor" d=${PATHS[name]!}></path></svg>` as unknown as TemplateResult;
}
