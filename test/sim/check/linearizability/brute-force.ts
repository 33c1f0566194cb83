/** The definition itself: tries every order. */
import { type Model, NEVER, type Operation } from '../../../../sim/check/linearizability/index.ts';

/** Whether some order of all answered and any pending operations respects time and satisfies the model. */
export function isLinearizable<S, I, O>(
  model: Model<S, I, O>,
  history: readonly Operation<I, O>[],
  state: S = model.init(),
): boolean {
  if (history.every((operation) => operation.return === NEVER)) return true;
  const firstReturn = Math.min(...history.map((operation) => operation.return));
  return history.some((operation, i) => {
    if (operation.call > firstReturn) return false;
    const next = model.step(state, operation.input, operation.output);
    return next !== undefined && isLinearizable(model, history.toSpliced(i, 1), next);
  });
}
