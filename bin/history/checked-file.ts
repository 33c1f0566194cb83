/** A file and what the checker found. */
import type { CheckResult } from '../../sim/check/linearizability/index.ts';
import type { History } from './history.ts';

export interface CheckedFile {
  readonly file: string;
  readonly history: History;
  readonly result: CheckResult<unknown, unknown, unknown>;
  /** Time of the check itself, ms: without reading the file and without explaining the verdict. */
  readonly wallMs: number;
}
