// A headless Chromium for the tests of the lab, the lab served to it, and what is asked of its page again and again.
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';
import { expect } from 'vitest';
import { serve } from '../../bin/site.ts';

const PLACES = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];
const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** Path of a browser; null where none is installed. */
export const executable: string | null =
  [process.env.ZAB_LAB_CHROMIUM, ...PLACES].find((path) => path !== undefined && existsSync(path)) ?? null;

/** True where the tests are to be skipped: said in one line, and an error where a browser is required. */
export function skipped(): boolean {
  if (executable !== null) return false;
  if (process.env.ZAB_LAB_BROWSER === 'required') throw new Error('no Chromium is found');
  console.warn('no Chromium found: the tests of the lab in a browser are skipped');
  return true;
}

export function launch(): Promise<Browser> {
  return chromium.launch({ executablePath: executable ?? '', headless: true, args: FLAGS });
}

export const site = fileURLToPath(new URL('../../dist/lab', import.meta.url));

/** Serves the built lab at a free port; `run`: as `zab-lab lab` serves it with a file of this text. */
export async function served(
  run: string | null = null,
): Promise<{ readonly address: string; readonly stop: () => void }> {
  const { server, port } = await serve(site, 0, run);
  return {
    address: `http://127.0.0.1:${port}/`,
    stop: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}

export interface Visit {
  readonly page: Page;
  readonly context: BrowserContext;
}

/** A browser and the lab that it visits; what goes wrong on any page is kept. */
export class Visitors {
  /** Errors, warnings and requests to elsewhere: it must stay empty. */
  readonly troubles: string[] = [];
  readonly browser: Browser;
  readonly address: string;
  private readonly stop: () => void;

  private constructor(browser: Browser, { address, stop }: Awaited<ReturnType<typeof served>>) {
    this.browser = browser;
    this.address = address;
    this.stop = stop;
  }

  /** @param run the text of a run file that the lab is to open first */
  static async open(run: string | null = null): Promise<Visitors> {
    return new Visitors(await launch(), await served(run));
  }

  async close(): Promise<void> {
    await this.browser.close();
    this.stop();
  }

  /** A page in a profile of its own, at the lab. */
  async visit(
    hash = '',
    options: { readonly width?: number; readonly script?: string } = {},
  ): Promise<Visit> {
    const context = await this.browser.newContext({
      viewport: { width: options.width ?? 1280, height: 800 },
      colorScheme: 'light',
      reducedMotion: 'reduce',
      permissions: ['clipboard-read', 'clipboard-write'],
    });
    if (options.script !== undefined) await context.addInitScript(options.script);
    const page = await context.newPage();
    page.on('console', (message) => {
      if (message.type() === 'error' || message.type() === 'warning') this.troubles.push(message.text());
    });
    page.on('pageerror', (error) => this.troubles.push(error.message));
    page.on('request', (request) => {
      const url = request.url();
      if (!url.startsWith(this.address) && !/^(data|blob):/.test(url))
        this.troubles.push(`request to ${url}`);
    });
    await page.goto(`${this.address}${hash}`);
    await page.waitForSelector('#cluster .server');
    return { page, context };
  }
}

/** The trace hash, once the run is recorded. */
export const recorded = (page: Page): Promise<string> =>
  page.locator('#trace-hash').textContent({ timeout: 30_000 }).then(String);

/** The event that the page stands at. */
export async function event(page: Page): Promise<number> {
  const place = await page.locator('.place').innerText();
  return Number(/event ([\d,]+)/.exec(place)![1]!.replaceAll(',', ''));
}

/** Waits until the page stands where a predicate holds. */
export async function standsAt(page: Page, holds: (event: number) => boolean): Promise<number> {
  await expect.poll(async () => holds(await event(page)), { timeout: 10_000, interval: 20 }).toBe(true);
  return event(page);
}

/** Presses a key and waits until the page stands elsewhere. */
export async function go(page: Page, key: string): Promise<number> {
  const before = await event(page);
  await page.keyboard.press(key);
  return standsAt(page, (at) => at !== before);
}

/** A server as it is told to those who do not see it. */
export const label = (page: Page, server: number): Promise<string> =>
  page.locator(`#cluster .server[data-id="${server}"] .button`).getAttribute('aria-label').then(String);

/** The established leader; 0: none. */
export async function leader(page: Page): Promise<number> {
  const found = page.locator('#cluster .server.established').first();
  return (await found.count()) === 0 ? 0 : Number(await found.getAttribute('data-id'));
}

/** Drops a file on the page, as from a folder of the desktop. */
export async function drop(page: Page, name: string, content: string): Promise<void> {
  const data = await page.evaluateHandle(
    ([file, text]) => {
      const transfer = new DataTransfer();
      transfer.items.add(new File([text!], file!, { type: 'application/json' }));
      return transfer;
    },
    [name, content],
  );
  await page.dispatchEvent('main', 'drop', { dataTransfer: data });
}
