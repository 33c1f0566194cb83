import { afterAll, it } from 'vitest';
import { describeWithApache } from '../apache/describe.ts';
import { startApache } from './apache-target.ts';
import { sequences } from './arbitrary.ts';
import { check } from './check.ts';
import { Pair } from './pair.ts';

/** What the masks hide must be all that differs between two servers of one kind, or differences would be of no meaning. */
describeWithApache('the comparison', () => {
  for (const servers of [1, 3]) {
    const pair = new Pair(
      () => startApache({ servers }),
      () => startApache({ servers }),
    );
    afterAll(() => pair.stop());

    it(`finds no difference between Apache and itself, ${servers} server${servers > 1 ? 's' : ''} each`, async () => {
      await check(pair, sequences(servers), 1500, 7);
      console.log(`${pair.operations} operations, ${pair.starts} starts`);
    });
  }
});
