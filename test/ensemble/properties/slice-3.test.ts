import { describe, it } from 'vitest';
import { holdInDrawnRuns, RUNS } from './hold.ts';

describe('ZAB-*, LOG-*, TREE-DIGEST, SVC-*, LIVE-* hold', () => {
  it(`in ${RUNS} drawn runs under faults, slice 3`, () => holdInDrawnRuns(3));
});
