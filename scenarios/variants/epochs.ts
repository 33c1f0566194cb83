/** Mistakes with epochs. */
import { changed, type Variant } from './variant.ts';

const reusesEpoch: Variant = {
  id: 'reuses-epoch',
  title: 'A new leader takes no new epoch',
  source: 'a textbook mistake: an epoch belongs to one leader only (Zab paper, phase 1)',
  expects: 'ZAB-LEADERSHIP',
  rules: changed({
    zab: {
      nextEpoch: (highestAccepted) => Math.max(1, highestAccepted),
      reportsEpoch: (_acceptedNow, currentEpoch) => currentEpoch,
    },
  }),
};

const forgetsAcceptedEpoch: Variant = {
  id: 'forgets-accepted-epoch',
  title: 'acceptedEpoch is kept in memory only',
  source: 'a textbook mistake: a promise that a restart forgets (Zab paper, f.p)',
  expects: 'LOG-EPOCHS',
  rules: changed({ server: { acceptedEpochOnDisk: false } }),
};

export const epochs: readonly Variant[] = [reusesEpoch, forgetsAcceptedEpoch];
