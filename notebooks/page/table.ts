/** A plain table of rows. */
import type { Cell, Row } from '../experiment.ts';

export interface TableOptions {
  /** Names the table for those who do not see it. */
  readonly label: string;
  /** Column heads; default: the members' names. */
  readonly heads?: Readonly<Record<string, string>>;
  /** How a value is written; default: numbers with separators. */
  readonly formats?: Readonly<Record<string, (value: Cell) => string>>;
  /** A class for a cell: `good`, `bad`. */
  readonly mark?: (column: string, row: Row) => string;
  /** A link for a row, on its first cell. */
  readonly link?: (row: Row) => string | undefined;
}

export function written(value: Cell): string {
  if (typeof value !== 'number') return value === null ? '–' : String(value);
  return value.toLocaleString('en-GB', { maximumFractionDigits: Math.abs(value) < 1 ? 5 : 3 });
}

export function table(rows: readonly Row[], options: TableOptions): HTMLElement {
  const { label, heads = {}, formats = {}, mark, link } = options;
  const columns = Object.keys(rows[0] ?? {});
  const isNumber = (column: string): boolean => rows.some((row) => typeof row[column] === 'number');
  const element = document.createElement('table');
  element.setAttribute('aria-label', label);
  const head = element.createTHead().insertRow();
  for (const column of columns) {
    const cell = document.createElement('th');
    cell.scope = 'col';
    cell.textContent = heads[column] ?? column;
    if (isNumber(column)) cell.className = 'number';
    head.append(cell);
  }
  const body = element.createTBody();
  for (const row of rows) {
    const line = body.insertRow();
    for (const column of columns) {
      const cell = line.insertCell();
      const text = (formats[column] ?? written)(row[column]!);
      const href = column === columns[0] ? link?.(row) : undefined;
      if (href === undefined) cell.textContent = text;
      else {
        const anchor = document.createElement('a');
        anchor.href = href;
        anchor.textContent = text;
        cell.append(anchor);
      }
      const classes = [isNumber(column) ? 'number' : '', mark?.(column, row) ?? ''].filter(Boolean);
      if (classes.length > 0) cell.className = classes.join(' ');
    }
  }
  const scroll = document.createElement('div');
  scroll.className = 'table-scroll';
  scroll.tabIndex = 0;
  scroll.setAttribute('role', 'region');
  scroll.setAttribute('aria-label', label);
  scroll.append(element);
  return scroll;
}
