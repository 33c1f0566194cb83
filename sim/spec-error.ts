/** Complaints about a run's data. */

/** A run spec cannot be used; `message` is one line: where, what is wrong, what is allowed. */
export class SpecError extends Error {
  /** Path of the field, as `faults[2].server`; empty for the whole. */
  readonly path: string;

  constructor(path: string, problem: string, allowed: string | readonly string[]) {
    const text =
      typeof allowed === 'string'
        ? allowed
        : allowed.length === 0
          ? 'nothing'
          : `one of ${allowed.join(', ')}`;
    super(`${path === '' ? 'run' : path}: ${problem}; allowed: ${text}`);
    this.name = 'SpecError';
    this.path = path;
  }
}
