import { changed, type Variant } from './variant.ts';

/** Every participant has to acknowledge a proposal: nothing is lost, and one crash blocks it. */
export const twoPhaseCommit: Variant = {
  id: 'two-phase-commit',
  title: 'A proposal commits once all participants have acknowledged it',
  source: 'Gray, "Notes on Data Base Operating Systems" (1978)',
  expects: 'LIVE-COMMITS',
  rules: changed({
    zab: { commits: (acks, quorum) => quorum.participants.every((id) => (acks & quorum.maskOf(id)) !== 0) },
  }),
};
