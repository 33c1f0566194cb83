// Pictures of the lab to look at: npm run screenshots -- [folder]. Every view, light and dark, with 3, 5, 7 and 13 servers.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { findScenario } from '../../scenarios/index.ts';
import { toFragment } from '../../viz/model/share.ts';
import { executable, launch, served } from './browser.ts';

const folder = process.argv[2] ?? 'screenshots';
const VIEWS = ['cluster', 'space-time', 'logs', 'tree'];
const SIZES = [
  [360, 780],
  [900, 800],
  [1440, 900],
  [3840, 2160],
] as const;

if (executable === null) throw new Error('no Chromium found: name one in ZAB_LAB_CHROMIUM');
mkdirSync(folder, { recursive: true });
const site = await served();
const browser = await launch();
const { run } = findScenario('leader-crash-proposal-on-minority')!;

for (const participants of [3, 5, 7, 13]) {
  const fragment = await toFragment({
    run: { ...run, ensemble: { ...run.ensemble, participants } },
    event: 200 * participants,
    edits: 0,
  });
  for (const dark of [false, true]) {
    for (const [width, height] of participants === 3 ? SIZES : SIZES.slice(2, 3)) {
      const context = await browser.newContext({
        viewport: { width, height },
        colorScheme: dark ? 'dark' : 'light',
        reducedMotion: 'reduce',
      });
      const page = await context.newPage();
      await page.goto(`${site.address}#${fragment}`);
      await page.waitForSelector('#trace-hash', { timeout: 30_000 });
      for (const view of VIEWS) {
        await page.waitForTimeout(300);
        const name = `${view}-${participants}-servers-${width}-${dark ? 'dark' : 'light'}.png`;
        await page.screenshot({ path: join(folder, name) });
        console.log(name);
        await page.keyboard.press('g');
      }
      await context.close();
    }
  }
}
await browser.close();
site.stop();
