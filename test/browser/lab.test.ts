// The lab in a real browser: what a person does with it, and that nothing leaves the page.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { catalog, findScenario } from '../../scenarios/index.ts';
import { execute } from '../../sim/fuzz/execute.ts';
import { findingOf } from '../../sim/fuzz/finding.ts';
import { simulate } from '../../sim/simulation.ts';
import type { RunSpec } from '../../sim/spec.ts';
import { parseRunSpec } from '../../sim/validate.ts';
import { toFragment } from '../../viz/model/share.ts';
import { build, command } from '../bin/command.ts';
import { drop, event, go, label, leader, recorded, skipped, standsAt, Visitors } from './browser.ts';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const STANDARD = 'leader-crash-proposal-on-minority';
const folder = mkdtempSync(join(tmpdir(), 'zab-lab-browser-'));
let visitors: Visitors;

/** The trace hash that the command prints. */
function printed(what: string): string {
  const { stdout, stderr } = command(['run', what]);
  const hash = /\b[0-9a-f]{16}\b/.exec(stdout)?.[0];
  if (hash === undefined) throw new Error(`no trace hash in:\n${stdout}${stderr}`);
  return hash;
}

/** What a button of the share dialog copies; the dialog closes once it has. */
async function copied(page: Page, button: string): Promise<string> {
  await page
    .getByRole('button', { name: button })
    .click()
    .catch(async (error) => {
      const dialogs = await page.locator('dialog[open]').allInnerTexts();
      throw new Error(`${error.message}\nOpen: ${JSON.stringify(dialogs)}; notice: ${await notice(page)}`);
    });
  await expect.poll(() => page.locator('dialog[open]').count()).toBe(0);
  return page.evaluate(() => navigator.clipboard.readText());
}

/** Saves a file by a button of the share dialog. */
async function saved(page: Page, button: string): Promise<string> {
  const download = page.waitForEvent('download');
  await page.getByRole('button', { name: button }).click();
  const file = join(folder, button.replaceAll(' ', '-'));
  await (await download).saveAs(file);
  return file;
}

const notice = (page: Page): Promise<string> => page.locator('#notice > div').innerText({ timeout: 10_000 });

describe.skipIf(skipped())('the lab in a browser', () => {
  beforeAll(async () => {
    build();
    visitors = await Visitors.open();
  });
  afterAll(async () => {
    await visitors?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  it('plays, steps back, lets one crash the leader by keyboard, see the election, undo it, and share it', async () => {
    const { page, context } = await visitors.visit();
    const original = await recorded(page);
    expect(original).toBe(printed(STANDARD));

    for (let i = 0; i < 6; i++) await page.keyboard.press(']');
    await page.keyboard.press('Space');
    await standsAt(page, (at) => at > 200);
    await page.keyboard.press('Space');
    await expect.poll(() => page.getByRole('button', { name: 'Play' }).count()).toBe(1);
    const paused = await event(page);
    expect(await go(page, 'ArrowLeft')).toBe(paused - 1);

    // An established leader, crashed by keyboard.
    while ((await leader(page)) === 0) await go(page, 'Shift+ArrowRight');
    const first = await leader(page);
    const crashedAt = await event(page);
    await page.keyboard.press('l');
    await page.keyboard.press('c');
    await expect.poll(() => label(page, first)).toContain('down');
    await page.keyboard.press('Alt+3');
    expect(await page.locator('.edits').innerText()).toContain(`kill server ${first}`);

    // The others vote, and elect another one.
    const broken = await recorded(page);
    expect(broken).not.toBe(original);
    const others = [1, 2, 3].filter((id) => id !== first);
    let voted = false;
    for (let i = 0; i < 60 && [0, first].includes(await leader(page)); i++) {
      await go(page, 'Shift+ArrowRight');
      for (const id of others) voted ||= /looking.*votes for/.test(await label(page, id));
    }
    expect(voted).toBe(true);
    expect(others).toContain(await leader(page));

    // Where the branch parts from the original is marked; the address holds all of it, and the command repeats it.
    await page.keyboard.press('Alt+3');
    expect(await page.locator('.branches').innerText()).toMatch(/original[\s\S]*parts at event/);
    expect(await page.locator('#marks .parts line').count()).toBe(1);
    const stands = await event(page);
    await page.keyboard.press('s');
    expect(printed(await saved(page, 'Save run file'))).toBe(broken);
    expect(await copied(page, 'Copy command')).toMatch(/npx zab-lab run run\.json$/);
    await page.keyboard.press('s');
    const edited = await copied(page, 'Copy link');

    await page.keyboard.press('Control+z');
    await expect.poll(() => page.locator('#trace-hash').textContent()).toBe(original);
    expect(await standsAt(page, (at) => at === crashedAt)).toBe(crashedAt);
    expect(await label(page, first)).toContain('leading');
    await page.keyboard.press('s');
    const link = await copied(page, 'Copy link');
    await context.close();

    // Both links open the same in a fresh profile.
    const other = await visitors.visit(link.slice(link.indexOf('#')));
    expect(await recorded(other.page)).toBe(original);
    expect(await event(other.page)).toBe(crashedAt);
    await other.page.goto(edited);
    await expect.poll(() => other.page.locator('#trace-hash').textContent()).toBe(broken);
    expect(await standsAt(other.page, (at) => at === stands)).toBe(stands);
    await other.context.close();
  });

  it('is broken by pointer, too; edits are removed one by one, undone and done again', async () => {
    const { run } = findScenario('healthy-write')!;
    const { page, context } = await visitors.visit(`#${await toFragment({ run, event: 600, edits: 0 })}`);
    await recorded(page);
    const id = await leader(page);
    const bar = page.locator('#act-bar');
    const edits = page.locator('.edits li');
    await page.locator(`#cluster .server[data-id="${id}"] .body`).click();
    await bar.getByRole('button', { name: /^Isolate/ }).click();
    await page.keyboard.press('Alt+3');
    await expect.poll(() => edits.allInnerTexts()).toEqual([expect.stringContaining(`isolate server ${id}`)]);
    await bar.getByRole('button', { name: /^Pause/ }).click();
    await bar.getByLabel('Pick the link to another server').selectOption({ index: 1 });
    await bar.getByRole('button', { name: /^Slow/ }).first().click();
    await expect.poll(() => edits.count()).toBe(3);
    await page.locator('#cluster .client.open rect').first().click();
    await bar.getByLabel('Operation', { exact: true }).selectOption('create');
    await bar.getByLabel('Path', { exact: true }).fill('/by-hand');
    await bar.getByRole('button', { name: 'Ask' }).click();
    await page.keyboard.press('Alt+3');
    await expect.poll(() => edits.last().innerText()).toContain('create /by-hand');
    await page.getByRole('button', { name: /^Remove: pause/ }).click();
    await expect.poll(() => edits.count()).toBe(3);
    await page.getByRole('button', { name: /^Undo/ }).click();
    await expect.poll(() => edits.count()).toBe(4);
    await page.getByRole('button', { name: /^Redo/ }).click();
    await expect.poll(() => edits.count()).toBe(3);
    await context.close();
  });

  it('saves what is in sight as SVG and PNG, and the run as a log for ShiViz', async () => {
    const { page, context } = await visitors.visit();
    await recorded(page);
    await go(page, 'Shift+ArrowRight');
    await page.keyboard.press('s');
    const svg = readFileSync(await saved(page, 'Save picture as SVG'), 'utf8');
    expect(svg).toMatch(/^<svg /);
    expect(svg.match(/class="server /g)).toHaveLength(3);
    expect(svg).not.toContain('var(--');
    const png = readFileSync(await saved(page, 'as PNG'));
    expect(png.subarray(1, 4).toString()).toBe('PNG');
    expect(png.length).toBeGreaterThan(5000);
    expect(readFileSync(await saved(page, 'Save log for ShiViz'), 'utf8')).toMatch(
      /^server1 \{"server1":1\}\n/,
    );
    await context.close();
  });

  it('a finding that is dropped on it is opened where its property is violated', async () => {
    const run: RunSpec = { ...findScenario('healthy-write')!.run, variant: { name: 'acks-before-flush' } };
    const finding = findingOf(run, execute(run, catalog), 'test')!;
    const { page, context } = await visitors.visit();
    await drop(page, 'finding.json', JSON.stringify(finding));
    await standsAt(page, (at) => at === finding.failure.event);
    await page.keyboard.press('Alt+2');
    expect(await page.locator('.verdicts li.violated').first().innerText()).toContain(
      finding.failure.property,
    );
    await context.close();
  });

  it('draws run n of seed s of the fuzzer', async () => {
    const { page, context } = await visitors.visit();
    await page.keyboard.press('Alt+4');
    await page.getByLabel('Seed of the campaign').fill('7');
    await page.keyboard.press('Tab');
    await expect.poll(() => page.locator('#header').innerText()).toContain('seed 7-0');
    await page.keyboard.press('Escape');
    await page.locator('h1').click();
    await page.keyboard.press('n');
    await expect.poll(() => page.locator('#header').innerText()).toContain('seed 7-1');
    await context.close();
  });

  it('answers a broken link, a wrong file and one that is too large with a sentence and the default scenario', async () => {
    const { page, context } = await visitors.visit('#1.broken');
    expect(await notice(page)).toMatch(/This link is damaged.*Here is the default scenario instead\./);
    const standard = await recorded(page);
    expect(standard).toMatch(/^[0-9a-f]{16}$/);

    // A link that takes the place of another in the same tab.
    await page.evaluate(() => {
      location.hash = '#9.abc';
    });
    await expect.poll(() => notice(page)).toMatch(/another version of the lab/);
    const { run } = findScenario('healthy-write')!;
    const wrong = [
      ['no JSON at all', /no JSON/],
      ['{"format":"zab-lab/run@2"}', /format/],
      [JSON.stringify({ ...run, seed: {} }), /seed/],
      [`"${'x'.repeat(20_000_001)}"`, /20\.0 MB, which is more than any run/],
    ] as const;
    for (const [text, sentence] of wrong) {
      await page.locator('#notice').getByRole('button', { name: 'Close' }).click();
      await drop(page, 'wrong.json', text);
      await expect.poll(() => notice(page)).toMatch(sentence);
    }
    // Nothing is lost by it; the default scenario is a click away.
    expect(await recorded(page)).toBe(standard);
    await drop(page, 'run.json', JSON.stringify(run));
    await expect.poll(() => recorded(page)).not.toBe(standard);
    await drop(page, 'wrong.json', '{');
    await page.getByRole('button', { name: 'Open the default scenario' }).click();
    await expect.poll(() => recorded(page)).toBe(standard);
    await context.close();
  });

  it('opens what `zab-lab lab` is given, also a run that is too large for a link, and says so', async () => {
    const { run } = findScenario('healthy-write')!;
    // A client that sends noise, as to an ensemble that is served: nothing makes it smaller.
    let state = 1;
    const noise = Array.from({ length: 600_000 }, () => {
      state ^= state << 13;
      state ^= state >>> 17;
      state ^= state << 5;
      return state & 255;
    });
    const large = {
      ...run,
      outside: [
        { kind: 'open', after: 10, at: 5, connection: 1, server: 1, address: '127.0.0.1', port: 4000 },
        { kind: 'bytes', after: 11, at: 6, connection: 1, bytes: Buffer.from(noise).toString('base64') },
      ],
    };
    const others = await Visitors.open(JSON.stringify(large));
    try {
      const { page, context } = await others.visit();
      const { traceHash } = simulate(parseRunSpec(large), catalog);
      await expect.poll(() => recorded(page)).toBe(traceHash);
      await page.keyboard.press('s');
      await page.getByText('This run is too large for a link: its file has 0.8 MB').waitFor();
      expect(await page.locator('#share-link').count()).toBe(0);
      expect(others.troubles).toEqual([]);
      await context.close();
    } finally {
      await others.close();
    }
  });

  it('ends a simulator that never answers or that dies, says so, and goes on with the default scenario', async () => {
    // The page's seconds are short, lest the test be long.
    const script = 'const every = setInterval; globalThis.setInterval = (go, ms) => every(go, ms / 10);';
    const { run } = findScenario('healthy-write')!;
    const { page, context } = await visitors.visit(`#${await toFragment({ run, event: 0, edits: 0 })}`, {
      script,
    });
    const healthy = await recorded(page);
    void page
      .workers()[0]!
      .evaluate('for (;;) {}')
      .catch(() => {});
    await page.keyboard.press('ArrowRight');
    await expect
      .poll(() => notice(page), { timeout: 20_000 })
      .toMatch(/has not answered for \d+ seconds and was stopped.*Here is the default scenario instead\./);
    await expect.poll(() => recorded(page)).not.toBe(healthy);
    await page.locator('#notice').getByRole('button', { name: 'Close' }).click();
    void page
      .workers()
      .at(-1)!
      .evaluate('self.close()')
      .catch(() => {});
    await page.keyboard.press('ArrowRight');
    await expect.poll(() => notice(page), { timeout: 20_000 }).toMatch(/default scenario/);
    await go(page, 'ArrowRight');
    await context.close();
  });

  it('axe finds nothing to object to, in light and dark, wide and narrow', async () => {
    const { page, context } = await visitors.visit();
    await recorded(page);
    await go(page, 'Shift+ArrowRight');
    await page.keyboard.press('l');
    // Evaluated, not added as a script: the page's policy allows none from elsewhere.
    await page.evaluate(AXE);
    const check = async (what: string, within = 'html'): Promise<void> => {
      const found = await page.evaluate(async (place) => {
        const { axe } = globalThis as unknown as { axe: typeof import('axe-core') };
        const { violations } = await axe.run(place, { resultTypes: ['violations'] });
        return violations.flatMap(({ id, nodes }) =>
          nodes.map((node) => `${id}: ${node.html.slice(0, 160)}`),
        );
      }, within);
      expect(found, what).toEqual([]);
    };
    for (const theme of ['light', 'dark']) {
      await check(`${theme}: all`);
      for (let panel = 2; panel <= 4; panel++) {
        await page.keyboard.press(`Alt+${panel}`);
        await check(`${theme}: panel ${panel}`, '#side');
      }
      for (const picture of ['space-time', 'logs', 'tree']) {
        await page.keyboard.press('g');
        await page.waitForTimeout(250);
        await check(`${theme}: ${picture}`, '#stage');
      }
      await page.keyboard.press('g');
      await page.keyboard.press('s');
      await page.getByRole('button', { name: 'Copy link' }).waitFor();
      await check(`${theme}: share`, '#share');
      await page.keyboard.press('Escape');
      await page.keyboard.press('?');
      await check(`${theme}: keys`, '#keys');
      await page.keyboard.press('Escape');
      await page.keyboard.press('Alt+1');
      await page.keyboard.press('t');
    }
    await page.setViewportSize({ width: 360, height: 760 });
    await check('360 px');
    await context.close();
  });

  it('is never wider than its window', async () => {
    const { page, context } = await visitors.visit('', { width: 360 });
    await recorded(page);
    for (const width of [360, 500, 768, 1024, 1440, 2560, 3840]) {
      await page.setViewportSize({ width, height: 760 });
      const [inner, scroll] = await page.evaluate(() => [innerWidth, document.documentElement.scrollWidth]);
      expect(scroll, `${width} px`).toBeLessThanOrEqual(inner!);
    }
    await context.close();
  });

  it('asks for nothing elsewhere and complains of nothing', () => {
    expect(visitors.troubles).toEqual([]);
  });
});
