// The lab in a real browser: what a person does with it, and that nothing leaves the page.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { catalog, findScenario } from '../../scenarios/index.ts';
import { execute } from '../../sim/fuzz/execute.ts';
import { findingOf } from '../../sim/fuzz/finding.ts';
import { simulate } from '../../sim/simulation.ts';
import type { RunSpec } from '../../sim/spec.ts';
import { build } from '../bin/command.ts';
import { executable, launch, served } from './browser.ts';

if (executable === null && process.env.ZAB_LAB_BROWSER === 'required')
  throw new Error('no Chromium is found');
if (executable === null) console.warn('no Chromium found: the tests of the lab in a browser are skipped');

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const STANDARD = 'leader-crash-proposal-on-minority';
const folder = mkdtempSync(join(tmpdir(), 'zab-lab-browser-'));

let browser: Browser;
let site: Awaited<ReturnType<typeof served>>;
/** What went wrong on any page: it must stay empty. */
const troubles: string[] = [];

/** A page in a profile of its own, at the lab. */
async function visit(
  hash = '',
  options: { readonly dark?: boolean; readonly width?: number; readonly height?: number } = {},
): Promise<{ page: Page; context: BrowserContext }> {
  const context = await browser.newContext({
    viewport: { width: options.width ?? 1280, height: options.height ?? 800 },
    colorScheme: options.dark ? 'dark' : 'light',
    reducedMotion: 'reduce',
    permissions: ['clipboard-read', 'clipboard-write'],
  });
  const page = await context.newPage();
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') troubles.push(message.text());
  });
  page.on('pageerror', (error) => troubles.push(error.message));
  page.on('request', (request) => {
    const url = request.url();
    if (!url.startsWith(site.address) && !/^(data|blob):/.test(url)) troubles.push(`request to ${url}`);
  });
  await page.goto(`${site.address}${hash}`);
  await page.waitForSelector('#cluster .server');
  return { page, context };
}

const recorded = (page: Page): Promise<string> =>
  page.locator('#trace-hash').textContent({ timeout: 20_000 }).then(String);
const place = (page: Page): Promise<string> => page.locator('.place').innerText();

/** The event that the page stands at. */
async function event(page: Page): Promise<number> {
  return Number(/event ([\d,]+)/.exec(await place(page))![1]!.replaceAll(',', ''));
}

/** Waits until the page stands where a predicate holds. */
async function standsAt(page: Page, holds: (event: number) => boolean): Promise<number> {
  await expect.poll(async () => holds(await event(page)), { timeout: 10_000, interval: 30 }).toBe(true);
  return event(page);
}

const label = (page: Page, server: number): Promise<string> =>
  page.locator(`#cluster .server[data-id="${server}"] .button`).getAttribute('aria-label').then(String);

async function leader(page: Page): Promise<number> {
  for (const server of await page.locator('#cluster .server.established').all())
    return Number(await server.getAttribute('data-id'));
  return 0;
}

describe.skipIf(executable === null)('the lab in a browser', () => {
  beforeAll(async () => {
    build();
    site = await served();
    browser = await launch();
  });
  afterAll(async () => {
    await browser?.close();
    site?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  it('plays, steps back, lets one crash the leader by keyboard, undo it, and share it', async () => {
    const { page, context } = await visit();
    const original = await recorded(page);
    expect(original).toBe(simulate(findScenario(STANDARD)!.run, catalog).traceHash);

    for (let i = 0; i < 6; i++) await page.keyboard.press(']');
    await page.keyboard.press('Space');
    await standsAt(page, (at) => at > 200);
    await page.keyboard.press('Space');
    const paused = await event(page);
    await page.keyboard.press('ArrowLeft');
    expect(await standsAt(page, (at) => at === paused - 1)).toBe(paused - 1);

    // An established leader, crashed by keyboard.
    while ((await leader(page)) === 0) {
      const before = await event(page);
      await page.keyboard.press('Shift+ArrowRight');
      await standsAt(page, (at) => at !== before);
    }
    const first = await leader(page);
    const crashedAt = await event(page);
    await page.keyboard.press('l');
    await page.keyboard.press('c');
    await expect.poll(() => label(page, first)).toContain('down');
    await page.keyboard.press('Alt+3');
    expect(await page.locator('.edits').innerText()).toContain(`kill server ${first}`);

    // The others elect another one.
    const broken = await recorded(page);
    expect(broken).not.toBe(original);
    for (let i = 0; i < 40 && [0, first].includes(await leader(page)); i++) {
      const before = await event(page);
      await page.keyboard.press('Shift+ArrowRight');
      await standsAt(page, (at) => at !== before);
    }
    const second = await leader(page);
    expect([0, first]).not.toContain(second);

    // The link opens the same in a fresh profile; Node comes to the same trace.
    await page.keyboard.press('s');
    await page.getByRole('button', { name: 'Copy link' }).click();
    const link = await page.evaluate(() => navigator.clipboard.readText());
    const stands = await event(page);
    const other = await visit(link.slice(link.indexOf('#')));
    expect(await recorded(other.page)).toBe(broken);
    expect(await event(other.page)).toBe(stands);
    expect(await leader(other.page)).toBe(second);
    await other.page.keyboard.press('s');
    const download = other.page.waitForEvent('download');
    await other.page.getByRole('button', { name: 'Save run file' }).click();
    const file = join(folder, 'run.json');
    await (await download).saveAs(file);
    expect(simulate(JSON.parse(readFileSync(file, 'utf8')) as RunSpec, catalog).traceHash).toBe(broken);
    await other.context.close();

    await page.keyboard.press('Control+z');
    await expect.poll(() => page.locator('#trace-hash').textContent()).toBe(original);
    expect(await standsAt(page, (at) => at === crashedAt)).toBe(crashedAt);
    expect(await label(page, first)).toContain('leading');
    await context.close();
  });

  it('saves what is in sight as SVG and PNG, and the run as a log for ShiViz', async () => {
    const { page, context } = await visit();
    await recorded(page);
    await page.keyboard.press('Shift+ArrowRight');
    await page.keyboard.press('s');
    const saved = async (button: string): Promise<Buffer> => {
      const download = page.waitForEvent('download');
      await page.getByRole('button', { name: button }).click();
      const file = join(folder, button);
      await (await download).saveAs(file);
      return readFileSync(file);
    };
    const svg = String(await saved('Save picture as SVG'));
    expect(svg).toMatch(/^<svg /);
    expect(svg.match(/class="server /g)).toHaveLength(3);
    expect(svg).not.toContain('var(--');
    const png = await saved('as PNG');
    expect(png.subarray(1, 4).toString()).toBe('PNG');
    expect(png.length).toBeGreaterThan(5000);
    expect(String(await saved('Save log for ShiViz'))).toMatch(/^server1 \{"server1":1\}\n/);
    await context.close();
  });

  it('opens a finding where its property is violated', async () => {
    const run: RunSpec = { ...findScenario('healthy-write')!.run, variant: { name: 'canary' } };
    const finding = findingOf(run, execute(run, catalog), 'test')!;
    const { page, context } = await visit();
    await recorded(page);
    const file = join(folder, 'finding.json');
    writeFileSync(file, JSON.stringify(finding));
    await page.keyboard.press('s');
    await page.locator('#share input[type=file]').setInputFiles(file);
    await standsAt(page, (at) => at === finding.failure.event);
    await page.keyboard.press('Alt+2');
    expect(await page.locator('.verdicts li.violated').first().innerText()).toContain(
      finding.failure.property,
    );
    await context.close();
  });

  it('answers a broken link with a sentence and the default scenario', async () => {
    const { page, context } = await visit('#1.broken');
    expect(await page.locator('#notice').innerText()).toContain('This link is damaged');
    expect(await recorded(page)).toMatch(/^[0-9a-f]{16}$/);
    await context.close();
  });

  it.each([
    ['light', false, 1280],
    ['dark', true, 1280],
    ['light, 360 px', false, 360],
  ])('axe finds nothing to object to: %s', async (_, dark, width) => {
    const { page, context } = await visit('', { dark, width });
    await recorded(page);
    await page.keyboard.press('Shift+ArrowRight');
    await page.keyboard.press('l');
    // Evaluated, not added as a script: the page's policy allows none from elsewhere.
    await page.evaluate(AXE);
    const check = async (): Promise<string[]> => {
      const { violations } = await page.evaluate(() =>
        (globalThis as unknown as { axe: typeof import('axe-core') }).axe.run(),
      );
      return violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html.slice(0, 160)}`));
    };
    for (let panel = 1; panel <= 4; panel++) {
      await page.keyboard.press(`Alt+${panel}`);
      expect(await check(), `panel ${panel}`).toEqual([]);
    }
    for (const picture of ['space-time', 'logs', 'tree']) {
      await page.keyboard.press('g');
      await page.waitForTimeout(150);
      expect(await check(), picture).toEqual([]);
    }
    await page.keyboard.press('s');
    await page.getByRole('button', { name: 'Copy link' }).waitFor();
    expect(await check(), 'share').toEqual([]);
    await page.keyboard.press('Escape');
    await page.keyboard.press('?');
    expect(await check(), 'keys').toEqual([]);
    await context.close();
  });

  it('is never wider than its window', async () => {
    const { page, context } = await visit('', { width: 360, height: 760 });
    await recorded(page);
    for (const width of [360, 500, 768, 1024, 1440, 2560, 3840]) {
      await page.setViewportSize({ width, height: 760 });
      const [inner, scroll] = await page.evaluate(() => [innerWidth, document.documentElement.scrollWidth]);
      expect(scroll, `${width} px`).toBeLessThanOrEqual(inner!);
    }
    await context.close();
  });

  it('scrubs a run of 50,000 events without the page falling behind', async () => {
    const { page, context } = await visit();
    await recorded(page);
    await page.keyboard.press('Alt+4');
    await page.getByLabel('Scenario').selectOption('far-behind-snap-near-behind-diff');
    await page.getByLabel('Servers', { exact: true }).fill('7');
    await page.keyboard.press('Tab');
    await expect.poll(() => page.locator('#trace-hash').count(), { timeout: 20_000 }).toBe(1);
    const measured = await page.evaluate(async () => {
      const scrub = document.getElementById('scrub') as HTMLInputElement;
      const seen = new Set<string>();
      const start = performance.now();
      let frames = 0;
      while (performance.now() - start < 2000) {
        const share = (performance.now() - start) / 2000;
        scrub.value = String(0.5 - 0.45 * Math.cos(share * 6 * Math.PI));
        scrub.dispatchEvent(new Event('input'));
        await new Promise(requestAnimationFrame);
        frames++;
        seen.add(document.querySelector('.place')?.textContent ?? '');
      }
      const seconds = (performance.now() - start) / 1000;
      const length = Number(
        /of ([\d,]+)/.exec(document.querySelector('.place')!.textContent!)![1]!.replaceAll(',', ''),
      );
      return { page: frames / seconds, states: seen.size / seconds, length };
    });
    console.log(
      `scrubbing ${measured.length} events: ${measured.page.toFixed(0)} frames/s, ${measured.states.toFixed(0)} different states/s`,
    );
    expect(measured.length).toBeGreaterThan(50_000);
    expect(measured.states).toBeGreaterThan(5);
    await context.close();
  });

  it('asks for nothing elsewhere and complains of nothing', () => {
    expect(troubles).toEqual([]);
  });
});
