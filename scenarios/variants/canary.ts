import { changed, type Variant } from './variant.ts';

/** Fails in every run at the first event: a campaign that lets it live is dead itself. */
export const canary: Variant = {
  id: 'canary',
  title: 'Every server throws when it starts',
  source: 'TigerBeetle’s simulator, which keeps one failing check to show that failures are seen',
  expects: 'NO-CRASH',
  rules: changed({
    server: {
      bootEpoch() {
        throw new Error('the canary is dead');
      },
    },
  }),
};
