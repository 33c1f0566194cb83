import { afterAll, it } from 'vitest';
import { describeWithApache } from '../apache/describe.ts';
import { startApache } from './apache-target.ts';
import { sequences } from './arbitrary.ts';
import { check } from './check.ts';
import { Pair } from './pair.ts';

/** What the masks hide must be all that differs between two servers of one kind, or differences would be of no meaning. */
describeWithApache('the comparison', () => {
  for (const participants of [1, 3]) {
    const pair = new Pair(
      () => startApache({ participants }),
      () => startApache({ participants }),
    );
    afterAll(() => pair.stop());

    it(`finds no difference between Apache and itself, ${participants} server${participants > 1 ? 's' : ''} each`, async () => {
      await check(pair, sequences({ servers: participants }), 1500, 7);
      console.log(`${pair.operations} operations, ${pair.starts} starts`);
    });
  }
});
