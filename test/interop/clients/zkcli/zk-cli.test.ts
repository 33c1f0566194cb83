import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Ensemble } from '../ensemble.ts';
import { apache, ensembles, served } from '../ensembles.ts';
import { DIFFERENCES, SESSION } from './session.ts';
import { type Transcript, transcript } from './transcript.ts';
import { missing, ZkCli } from './zk-cli.ts';

const skip = apache.skip || missing !== null;
describe.skipIf(skip)("Apache's zkCli.sh", () => {
  it(`shows the same of ours and of Apache's servers, over ${SESSION.length} commands`, async () => {
    const transcripts: Transcript[] = [];
    for (const maker of [apache, served]) {
      const ensemble = await maker.start();
      try {
        transcripts.push(await transcript(ensemble, [...Object.keys(DIFFERENCES), ...SESSION]));
      } finally {
        await ensemble.remove();
      }
    }
    const [theirs, ours] = transcripts as [Transcript, Transcript];
    const known = Object.keys(DIFFERENCES).length;
    expect(ours.answers.slice(known)).toEqual(theirs.answers.slice(known));
    for (let i = 0; i < known; i++)
      expect(ours.answers[i], 'no difference any more').not.toEqual(theirs.answers[i]);
    expect(ours.events).toEqual(theirs.events);
    expect(ours.exitCodes).toEqual(theirs.exitCodes);
    expect(theirs.answers.some(({ lines }) => lines.includes('Created /a'))).toBe(true);
  });

  describe.each(ensembles)('and $name', ({ start }) => {
    let ensemble: Ensemble;
    beforeAll(async () => {
      ensemble = await start({ tickTime: 500 });
    });
    afterAll(() => ensemble?.remove());

    it('keeps its session and its ephemerals when each server crashes in turn', async () => {
      const cli = await ZkCli.connect(ensemble.addresses);
      try {
        await cli.run('create -e /mine x');
        const owner = await owned(cli);
        for (const server of ensemble.servers) {
          await server.kill();
          await expect.poll(() => owned(cli), { timeout: 30_000, interval: 200 }).toBe(owner);
          await server.start();
          await ensemble.serving();
        }
        expect(cli.events).toContain('state:Disconnected type:None path:null');
        expect(cli.events).not.toContain('state:Expired type:None path:null');
      } finally {
        await cli.quit();
      }
      const other = await ZkCli.connect(ensemble.addresses);
      expect((await other.run('get /mine')).lines).toEqual(['Node does not exist: /mine']);
      await other.quit();
    });
  });
});

async function owned(cli: ZkCli): Promise<string | undefined> {
  return (await cli.run('stat /mine')).lines.find((line) => line.startsWith('ephemeralOwner = 0x'));
}
