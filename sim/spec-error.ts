/** Complaints about a run's data. */

/** A run spec cannot be used; `message` is one line: where, what is wrong, what is allowed. */
export class SpecError extends Error {
  /** Path of the field, as `faults[2].server`; empty for the whole. */
  readonly path: string;
  private readonly problem: string;
  private readonly allowed: string | readonly string[];

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
    this.problem = problem;
    this.allowed = allowed;
  }

  /** The same complaint, where what was checked is itself a member at `path`. */
  below(path: string): SpecError {
    const inner = this.path === '' ? path : `${path}.${this.path}`;
    return new SpecError(inner, this.problem, this.allowed);
  }
}
