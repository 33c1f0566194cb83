/** What every experiment of the notebooks is: settings that say which points to measure, and one measurement. */

/** A value of a table. */
export type Cell = number | string | boolean | null;
/** One row of an experiment's table: flat, so that files, tables and pictures take it as it is. */
export type Row = Readonly<Record<string, Cell>>;

/**
 * An experiment over the simulator. It knows no clock and no chance but its seeds, so that the same point gives the
 * same row in Node, in a worker of the page, and on every machine.
 */
export interface Experiment<Settings = unknown, Point = unknown, R extends Row = Row> {
  /** The name of its data file and of its page. */
  readonly name: string;
  /** The settings of the committed data. */
  readonly defaults: Settings;
  /** What is to be measured, in order. */
  points(settings: Settings): readonly Point[];
  /** Measures one point: a row, or a series of them. */
  measure(point: Point): R | readonly R[];
}

/** What a measurement gave, as a list. */
export function rowsOf<R extends Row>(measured: R | readonly R[]): readonly R[] {
  return Array.isArray(measured) ? measured : [measured as R];
}

/** What an experiment came to. */
export interface Measured<Settings = unknown, R extends Row = Row> {
  readonly settings: Settings;
  readonly rows: readonly R[];
}

/** The committed form: one list per row, their members named once. */
export interface DataFile {
  readonly experiment: string;
  readonly settings: unknown;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly Cell[])[];
}

/** Measures all points. @param progress is told how many of how many are done, before each */
export function measureAll<Settings, Point, R extends Row>(
  experiment: Experiment<Settings, Point, R>,
  settings: Settings,
  progress: (done: number, all: number) => void = () => {},
): Measured<Settings, R> {
  const points = experiment.points(settings);
  const rows = points.flatMap((point, i) => {
    progress(i, points.length);
    return rowsOf(experiment.measure(point));
  });
  progress(points.length, points.length);
  return { settings, rows };
}

/** Packs a measurement for its file. */
export function toFile({ name }: { readonly name: string }, { settings, rows }: Measured): DataFile {
  const columns = Object.keys(rows[0] ?? {});
  return { experiment: name, settings, columns, rows: rows.map((row) => columns.map((one) => row[one]!)) };
}

/** Unpacks a file. */
export function fromFile<Settings, R extends Row>(file: DataFile): Measured<Settings, R> {
  const rows = file.rows.map(
    (row) => Object.fromEntries(file.columns.map((one, i) => [one, row[i]!])) as unknown as R,
  );
  return { settings: file.settings as Settings, rows };
}

/** The text of a file: a row on a line, so that a difference of two versions can be read. */
export function fileText({ experiment, settings, columns, rows }: DataFile): string {
  const lines = rows.map((row) => `    ${JSON.stringify(row)}`);
  return `{
  "experiment": ${JSON.stringify(experiment)},
  "settings": ${JSON.stringify(settings)},
  "columns": ${JSON.stringify(columns)},
  "rows": [
${lines.join(',\n')}
  ]
}
`;
}
