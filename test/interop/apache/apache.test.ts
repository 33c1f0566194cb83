import { expect, it } from 'vitest';
import { ask } from '../four-letter-word.ts';
import { describeWithApache } from './describe.ts';
import { ApacheEnsemble } from './ensemble.ts';

describeWithApache("Apache's server", () => {
  it('runs alone, with keys of its configuration', async () => {
    const apache = await ApacheEnsemble.start({ settings: { tickTime: 1234 } });
    try {
      expect(await apache.serving()).toEqual(['standalone']);
      expect(await ask(apache.server(1).clientPort, 'conf')).toContain('tickTime=1234\n');
    } finally {
      await apache.remove();
    }
    expect(apache.server(1).running).toBe(false);
  });

  it('runs as an ensemble whose servers are killed and started again', async () => {
    const apache = await ApacheEnsemble.start({ participants: 3, observers: 1 });
    try {
      const modes = await apache.serving();
      expect(modes.toSorted()).toEqual(['follower', 'follower', 'leader', 'observer']);
      const follower = apache.server(modes.indexOf('follower') + 1);
      await follower.kill();
      expect(await ask(follower.clientPort, 'srvr')).toBe('');
      follower.start();
      expect(await follower.serving()).toBe('follower');
    } finally {
      await apache.remove();
    }
  });
});
