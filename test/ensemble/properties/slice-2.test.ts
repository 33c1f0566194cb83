import { describe, it } from 'vitest';
import { holdInDrawnRuns, RUNS } from './hold.ts';

describe('ZAB-*, LOG-*, TREE-DIGEST, SVC-*, LIVE-* hold', () => {
  it(`in ${RUNS} drawn runs under faults, slice 2`, () => holdInDrawnRuns(2));
});
