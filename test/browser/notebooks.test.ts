// Every page of the notebooks in a real browser without a network: no cell fails, and what is to be seen is there.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BASE, type ElectionRow, measureElection } from '../../notebooks/election/experiment.ts';
import { fromFile } from '../../notebooks/experiment.ts';
import { written } from '../../notebooks/page/table.ts';
import { executable, launch } from './browser.ts';
import { data, drawn } from './notebooks-figures.ts';
import { buildSite, pages, servedSite } from './site.ts';

if (executable === null && process.env.ZAB_LAB_BROWSER === 'required')
  throw new Error('no Chromium is found');
if (executable === null) console.warn('no Chromium found: the notebooks are not opened in a browser');

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
/** Inputs' templates hold placeholders where handlers are to come; a strict policy mentions them, and they never run. */
const PLACEHOLDER = /Executing inline event handler/;

let browser: Browser;
let site: Awaited<ReturnType<typeof servedSite>>;

/** A page, and what went wrong on it: that must stay empty. */
async function visit(name: string): Promise<{ page: Page; context: BrowserContext; troubles: string[] }> {
  const context = await browser.newContext({
    viewport: { width: 1280, height: 900 },
    colorScheme: 'light',
    reducedMotion: 'reduce',
  });
  const troubles: string[] = [];
  await context.route('**', (route) => {
    const url = route.request().url();
    if (url.startsWith(site.address)) return route.continue();
    troubles.push(`request to ${url}`);
    return route.abort();
  });
  const page = await context.newPage();
  page.on('console', (message) => {
    const text = message.text();
    if (message.type() === 'error' && !PLACEHOLDER.test(text)) troubles.push(text);
  });
  page.on('pageerror', (error) => troubles.push(error.message));
  await page.goto(`${site.address}notebooks/${name}.html`);
  const figures = Object.keys(drawn[name] ?? {}).length;
  await page.waitForFunction(
    (count) => document.querySelectorAll('figure.notebook-figure svg').length >= count,
    figures,
  );
  return { page, context, troubles };
}

/** Marks of each figure by its title: how many shapes of each kind. */
function marks(page: Page): Promise<Record<string, Record<string, number>>> {
  return page.evaluate(() => {
    const figures = [...document.querySelectorAll('figure.notebook-figure')];
    return Object.fromEntries(
      figures.map((figure) => {
        const counts: Record<string, number> = {};
        for (const group of figure.querySelectorAll('svg g[data-mark]')) {
          const kind = group.getAttribute('data-mark')!;
          // Axes are there whether there is anything to show or not.
          if (/axis|grid|tip/.test(kind)) continue;
          const shapes = [...group.querySelectorAll<SVGGraphicsElement>('circle,path,line,rect,text')];
          const seen = shapes.filter((shape) => {
            const { width, height } = shape.getBoundingClientRect();
            return (width > 0 || height > 0) && !/NaN|Infinity/.test(shape.outerHTML);
          });
          counts[kind] = (counts[kind] ?? 0) + seen.length;
        }
        return [figure.querySelector('h2')!.textContent, counts];
      }),
    );
  });
}

/** axe finds nothing. @param look what the page looks like, for the message */
async function accessible(page: Page, look: string): Promise<void> {
  await page.evaluate(AXE);
  const violations = await page.evaluate(async () => {
    interface Violation {
      readonly id: string;
      readonly nodes: readonly { readonly html: string }[];
    }
    const { axe } = globalThis as unknown as {
      axe: { run: () => Promise<{ violations: readonly Violation[] }> };
    };
    const { violations } = await axe.run();
    return violations.map(
      ({ id, nodes }) =>
        `${id}: ${nodes
          .map(({ html }) => html.slice(0, 200))
          .slice(0, 3)
          .join(' | ')}`,
    );
  });
  expect(violations, look).toEqual([]);
}

describe.skipIf(executable === null)('the notebooks in a browser', () => {
  beforeAll(async () => {
    buildSite();
    site = await servedSite();
    browser = await launch();
  });
  afterAll(async () => {
    await browser?.close();
    site?.stop();
  });

  it('are all listed on their first page, which the lab leads to and which leads to the lab', async () => {
    const { page, context, troubles } = await visit('index');
    const links = await page
      .locator('ol.notebooks a')
      .evaluateAll((all) => all.map((a) => (a as HTMLAnchorElement).pathname));
    expect(links.sort()).toEqual(
      pages()
        .filter((name) => name !== 'index')
        .map((name) => `/notebooks/${name}.html`)
        .sort(),
    );
    await page.getByRole('link', { name: 'Lab', exact: true }).click();
    await page.waitForSelector('#cluster .server');
    await page.getByRole('link', { name: 'Notebooks' }).click();
    await page.waitForSelector('ol.notebooks');
    expect(troubles).toEqual([]);
    await context.close();
  });

  it('a dot of the elections opens in the lab, at that run and event', async () => {
    const { page, context, troubles } = await visit('election');
    const { link, title } = await page
      .locator('figure.notebook-figure svg a')
      .first()
      .evaluate((a) => ({
        link: a.getAttribute('href') ?? a.getAttribute('xlink:href'),
        title: a.getAttribute('aria-label'),
      }));
    expect(title).toMatch(/^3 servers, crash, seed 1: .*Open in the lab$/);
    await page.goto(new URL(String(link), page.url()).href);
    await page.waitForSelector('#cluster .server');
    await expect
      .poll(() => page.locator('#header .title').textContent())
      .toContain('Election after crash: 3 servers');
    const { event } = fromFile<unknown, ElectionRow>(data('election')).rows[0]!;
    await expect.poll(() => page.locator('.place').textContent()).toContain(event.toLocaleString('en-US'));
    expect(troubles).toEqual([]);
    await context.close();
  });

  it('other settings are measured in a worker, with the same results as in Node, and can be cancelled', async () => {
    const { page, context, troubles } = await visit('election');
    const seeds = page.getByLabel('Seeds', { exact: true }).first();
    const status = page.locator('.sweep [role=status]');
    await seeds.fill('200');
    await page.getByRole('button', { name: 'Measure' }).click();
    await page.locator('.sweep progress').waitFor();
    await page.getByRole('button', { name: 'Cancel' }).click();
    expect(await status.textContent()).toMatch(/^Cancelled/);
    await seeds.fill('2');
    await page.getByRole('button', { name: 'Measure' }).click();
    await expect.poll(() => status.textContent(), { timeout: 30_000 }).toBe('Shown: your own 4 points.');
    const figure = page.locator('figure.notebook-figure').first();
    await figure.locator('summary').click();
    // The table is filled when it is opened first, and the figure drawn anew with other data.
    await expect.poll(() => figure.locator('tbody tr').count()).toBe(4);
    const { heads, cells } = await figure.locator('table').evaluate((table) => {
      const texts = (of: Element, name: string) =>
        [...of.querySelectorAll(name)].map((one) => one.textContent);
      return {
        heads: texts(table, 'th'),
        cells: [...table.querySelectorAll('tbody tr')].map((row) => texts(row, 'td')),
      };
    });
    const column = (name: string): (string | null)[] => cells.map((row) => row[heads.indexOf(name)] ?? null);
    const here = (['crash', 'power loss'] as const).flatMap((failure) =>
      [1, 2].map((seed) => measureElection({ ...BASE, failure, latency: 10, seed })),
    );
    expect(column('serving')).toEqual(here.map((row) => written(row.serving)));
    expect(column('event')).toEqual(here.map((row) => written(row.event)));
    await page.getByRole('button', { name: 'Show the committed data' }).click();
    expect(await status.textContent()).toBe('Shown: the committed data.');
    expect(troubles).toEqual([]);
    await context.close();
  });

  for (const name of pages()) {
    it(`${name} asks for nothing elsewhere, no cell fails, every figure is drawn, in light and dark and on a small screen`, async () => {
      const { page, context, troubles } = await visit(name);
      expect(await page.locator('.observablehq--error').allTextContents()).toEqual([]);
      const found = await marks(page);
      const wanted = drawn[name] ?? {};
      expect(Object.keys(found).sort()).toEqual(Object.keys(wanted).sort());
      for (const [title, counts] of Object.entries(wanted)) expect(found[title], title).toMatchObject(counts);
      expect(await page.locator('main').textContent()).not.toMatch(/NaN|undefined|Infinity/);
      await page.emulateMedia({ colorScheme: 'dark' });
      await accessible(page, 'dark');
      await page.emulateMedia({ colorScheme: 'light' });
      await page.setViewportSize({ width: 360, height: 780 });
      // Figures are drawn anew for the width.
      await page.waitForTimeout(300);
      await accessible(page, 'light, small');
      const { scroll, client } = await page.evaluate(() => ({
        scroll: document.documentElement.scrollWidth,
        client: document.documentElement.clientWidth,
      }));
      expect(scroll, 'nothing sticks out of the page').toBeLessThanOrEqual(client);
      expect(troubles).toEqual([]);
      await context.close();
    });
  }
});
