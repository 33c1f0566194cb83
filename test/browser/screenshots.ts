// Pictures of the lab to look at: npm run screenshots -- [folder] [servers …]. Every view, light and dark, with 3, 5, 7 and 13 servers, from
// 360 px to 4K, where most is on its way. A text that covers another or is cut off is listed; then the exit code is 1.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { catalog, findScenario } from '../../scenarios/index.ts';
import type { RunSpec } from '../../sim/spec.ts';
import { Recording } from '../../viz/model/recording.ts';
import { toFragment } from '../../viz/model/share.ts';
import { executable, launch, served } from './browser.ts';
import { illegible } from './legible.ts';

const [folder = 'screenshots', ...wished] = process.argv.slice(2);
const VIEWS = ['cluster', 'space-time', 'logs', 'tree'];
const PANELS = ['inspector', 'verdicts', 'edits', 'set-up'];
const SIZES = [
  [360, 780],
  [1280, 800],
  [3840, 2160],
] as const;
/** Of what cannot be read in one place, so much is told. */
const MOST_TOLD = 8;
/** Further moments at which texts are checked, without a picture. */
const MOMENTS = [0.02, 0.05, 0.1, 0.4];

/** The event of the first part of a run at which most is on its way while some link is cut. */
function busiest(run: RunSpec): { event: number; length: number } {
  const recording = new Recording(run, catalog);
  while (recording.advance(10_000));
  let [best, most] = [1, -1];
  for (let event = 1; event < recording.length / 6; event += 5) {
    recording.seek(event);
    const { messages, links } = recording.frame();
    const score = messages.length + (links.some(({ cut }) => cut) ? 20 : 0);
    if (score > most) [best, most] = [event, score];
  }
  return { event: best, length: recording.length };
}

if (executable === null) throw new Error('no Chromium found: name one in ZAB_LAB_CHROMIUM');
mkdirSync(folder, { recursive: true });
const site = await served();
const browser = await launch();
const { run } = findScenario('leader-crash-proposal-on-minority')!;
const problems: string[] = [];

async function check(page: Page, where: string): Promise<void> {
  const found = await illegible(page);
  problems.push(...found);
  for (const problem of found.slice(0, MOST_TOLD)) console.error(`  ${where}: ${problem}`);
  if (found.length > MOST_TOLD) console.error(`  ${where}: and ${found.length - MOST_TOLD} more`);
}

async function picture(page: Page, name: string): Promise<void> {
  await page.waitForTimeout(350);
  await page.screenshot({ path: join(folder, `${name}.png`) });
  await check(page, name);
  console.log(`${name}.png`);
}

for (const participants of wished.length > 0 ? wished.map(Number) : [3, 5, 7, 13]) {
  const spec: RunSpec = { ...run, ensemble: { ...run.ensemble, participants } };
  const { event, length } = busiest(spec);
  const fragment = await toFragment({ run: spec, event, edits: 0 });
  for (const [width, height] of SIZES) {
    for (const dark of [false, true]) {
      const context = await browser.newContext({
        viewport: { width, height },
        colorScheme: dark ? 'dark' : 'light',
        reducedMotion: 'reduce',
      });
      const page = await context.newPage();
      await page.goto(`${site.address}#${fragment}`);
      await page.waitForSelector('#trace-hash', { timeout: 60_000 });
      const tail = `${participants}-servers-${width}-${dark ? 'dark' : 'light'}`;
      for (const view of VIEWS) {
        await picture(page, `${view}-${tail}`);
        await page.keyboard.press('g');
      }
      if (participants === 3) {
        await page.keyboard.press('l');
        for (const [i, panel] of PANELS.entries()) {
          await page.keyboard.press(`Alt+${i + 1}`);
          if (width < 760) await page.locator('#side').scrollIntoViewIfNeeded();
          await picture(page, `${panel}-${tail}`);
        }
        await page.keyboard.press('?');
        await picture(page, `keys-${tail}`);
        await page.keyboard.press('Escape');
        await page.keyboard.press('s');
        await picture(page, `share-${tail}`);
        await page.keyboard.press('Escape');
      }
      if (!dark && width < 2000) {
        for (const share of MOMENTS) {
          const moment = Math.round(share * length);
          await page.goto(`${site.address}#${await toFragment({ run: spec, event: moment, edits: 0 })}`);
          await page.waitForSelector('#trace-hash', { timeout: 60_000 });
          await page.waitForTimeout(200);
          for (const view of VIEWS) {
            await page.waitForTimeout(250);
            await check(page, `${view} at event ${moment} of ${tail}`);
            await page.keyboard.press('g');
          }
        }
      }
      await context.close();
    }
  }
}
await browser.close();
site.stop();
console.log(problems.length === 0 ? 'Every text can be read.' : `${problems.length} texts cannot be read.`);
process.exitCode = problems.length === 0 ? 0 : 1;
