/** A figure of a notebook: a title, a picture with its text alternative, a caption, and its data as a table. */
import type { Row } from '../experiment.ts';
import { table } from './table.ts';

export interface FigureOptions {
  readonly title: string;
  /** What a person sees in the picture, for those who do not. */
  readonly description: string;
  readonly caption?: string;
  /** The data behind it. */
  readonly rows?: readonly Row[];
  /** Where a row of the table leads; the picture's marks then lead there too. */
  readonly link?: (row: Row) => string | undefined;
  /** What the table is called where it is more than the data. */
  readonly tableName?: string;
}

/** The picture is an SVG, or an element around one as Plot makes it where there is a legend. */
export function figure(options: FigureOptions, picture: Element): HTMLElement {
  const { title, description, caption, rows, link, tableName = 'The data as a table' } = options;
  const figure = document.createElement('figure');
  figure.className = 'notebook-figure';
  const heading = document.createElement('h2');
  heading.textContent = title;
  const svg = picture instanceof SVGSVGElement ? picture : picture.querySelector<SVGElement>(':scope > svg');
  svg?.setAttribute('role', link === undefined ? 'img' : 'group');
  svg?.setAttribute('aria-label', `${title}. ${description}`);
  // A name without a role is none; what kind of mark it is stays for style sheets and tests.
  for (const group of picture.querySelectorAll('svg g[aria-label]')) {
    group.setAttribute('data-mark', group.getAttribute('aria-label')!);
    group.removeAttribute('aria-label');
  }
  // Hundreds of marks are no way for the keyboard: it has the table.
  for (const anchor of picture.querySelectorAll('svg a')) {
    anchor.setAttribute('tabindex', '-1');
    anchor.setAttribute('aria-label', anchor.textContent || 'this run in the lab');
  }
  figure.append(heading, picture);
  if (caption !== undefined) {
    const text = document.createElement('figcaption');
    text.textContent = caption;
    figure.append(text);
  }
  if (rows !== undefined && rows.length > 0) {
    const details = document.createElement('details');
    const summary = document.createElement('summary');
    summary.textContent = tableName;
    details.append(summary);
    // Long tables are made when somebody asks for them.
    details.addEventListener('toggle', () => {
      if (!details.open || details.childElementCount > 1) return;
      details.append(table(rows, { label: title, ...(link && { link }) }));
    });
    figure.append(details);
  }
  return figure;
}
