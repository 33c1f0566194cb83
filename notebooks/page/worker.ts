/** Measures an experiment's points beside the page, and tells the rows of each as they come. */
import { type Row, rowsOf } from '../experiment.ts';
import { experimentNamed } from '../experiments.ts';

export interface SweepRequest {
  /** Its name. */
  readonly experiment: string;
  readonly settings: unknown;
}

export interface SweepMessage {
  /** Of one point. */
  readonly rows?: readonly Row[];
  readonly error?: string;
}

const scope = self as unknown as {
  onmessage: (event: MessageEvent<SweepRequest>) => void;
  postMessage: (message: SweepMessage) => void;
};

scope.onmessage = ({ data }) => {
  try {
    const experiment = experimentNamed(data.experiment);
    for (const point of experiment.points(data.settings)) {
      scope.postMessage({ rows: rowsOf(experiment.measure(point)) });
    }
  } catch (error) {
    scope.postMessage({ error: error instanceof Error ? error.message : String(error) });
  }
};
