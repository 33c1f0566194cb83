// Pictures of the notebooks to look at: jiti test/browser/notebooks-screenshots.ts [folder] [page …]; the site must be built.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { launch } from './browser.ts';
import { pages, servedSite } from './site.ts';

const [folder = 'screenshots', ...names] = process.argv.slice(2);
mkdirSync(folder, { recursive: true });
const site = await servedSite();
const browser = await launch();
for (const name of names.length === 0 ? pages() : names) {
  for (const [width, dark] of [
    [1280, false],
    [1280, true],
    [360, false],
  ] as const) {
    const context = await browser.newContext({
      viewport: { width, height: 900 },
      colorScheme: dark ? 'dark' : 'light',
      reducedMotion: 'reduce',
    });
    const page = await context.newPage();
    page.on('console', (message) => {
      if (message.type() === 'error') console.log(name, message.text());
    });
    await page.goto(`${site.address}notebooks/${name}.html`);
    await page.waitForTimeout(1500);
    await page.screenshot({
      path: join(folder, `${name}-${width}-${dark ? 'dark' : 'light'}.png`),
      fullPage: true,
    });
    await context.close();
  }
  console.log(name);
}
await browser.close();
site.stop();
