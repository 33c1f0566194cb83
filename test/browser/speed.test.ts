// How soon there is something to see, how fast one moves over a long run, and what it takes of memory.
import { availableParallelism, loadavg } from 'node:os';
import type { CDPSession, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findScenario } from '../../scenarios/index.ts';
import { toFragment } from '../../viz/model/share.ts';
import { build } from '../bin/command.ts';
import { recorded, skipped, Visitors } from './browser.ts';

const VISITS = 5;
let visitors: Visitors;

/** How much else the machine does: what is asked of it is asked of one that has a core to spare. */
const load = (): number => loadavg()[0]! / availableParallelism();
const busy = (): string => `load ${loadavg()[0]!.toFixed(1)} on ${availableParallelism()} cores`;

/** Bytes in use in the page and in its worker, after garbage is collected. */
async function heaps(page: Page): Promise<{ page: number; worker: number }> {
  const session: CDPSession = await page.context().newCDPSession(page);
  const inWorker = new Promise<number>((resolve) => {
    session.on('Target.attachedToTarget', ({ sessionId }) => {
      let id = 0;
      const ask = (method: string): void => {
        const message = JSON.stringify({ id: ++id, method });
        void session.send('Target.sendMessageToTarget', { sessionId, message });
      };
      session.on('Target.receivedMessageFromTarget', ({ message }) => {
        const { result } = JSON.parse(message) as { result?: { usedSize?: number } };
        if (result?.usedSize !== undefined) resolve(result.usedSize);
      });
      ask('HeapProfiler.collectGarbage');
      ask('Runtime.getHeapUsage');
    });
  });
  await session.send('Target.setAutoAttach', {
    autoAttach: true,
    waitForDebuggerOnStart: false,
    flatten: false,
  });
  await session.send('HeapProfiler.collectGarbage');
  const { usedSize } = await session.send('Runtime.getHeapUsage');
  return { page: usedSize, worker: await inWorker };
}

describe.skipIf(skipped())('the speed of the lab', () => {
  beforeAll(async () => {
    build();
    visitors = await Visitors.open();
  });
  afterAll(() => visitors?.close());

  it('shows a run within a second', async () => {
    const times: number[] = [];
    for (let i = 0; i < VISITS; i++) {
      const { page, context } = await visitors.visit();
      const seen = await page.waitForFunction(
        () => performance.getEntriesByName('zab-lab first view')[0]?.startTime,
      );
      times.push(Number(await seen.jsonValue()));
      await context.close();
    }
    times.sort((a, b) => a - b);
    const [median, worst] = [times[VISITS >> 1]!, times.at(-1)!];
    console.log(`first view after ${median.toFixed(0)} ms, at worst ${worst.toFixed(0)} ms (${busy()})`);
    expect(median).toBeLessThan(load() < 1.5 ? 1000 : 4000);
  });

  it('shows 50 states a second of a run of 50,000 events, in bounded memory', async () => {
    const { run } = findScenario('far-behind-snap-near-behind-diff')!;
    const long = { ...run, ensemble: { ...run.ensemble, participants: 7 } };
    const fragment = await toFragment({ run: long, event: 0, edits: 0 });
    const { page, context } = await visitors.visit(`#${fragment}`);
    await recorded(page);
    // What is shown is counted where it is shown: by the event that the page names, once each page frame.
    const scrub = (seconds: number) =>
      page.evaluate(async (most) => {
        const slider = document.getElementById('scrub') as HTMLInputElement;
        const place = document.querySelector('.place span')!;
        const start = performance.now();
        let [pages, states, before] = [0, 0, ''];
        for (let now = 0; now < most; now = (performance.now() - start) / 1000) {
          slider.value = String(0.5 - 0.45 * Math.cos((now / most) * 6 * Math.PI));
          slider.dispatchEvent(new Event('input'));
          await new Promise(requestAnimationFrame);
          pages++;
          const text = place.textContent!;
          if (text !== before) states++;
          before = text;
        }
        const passed = (performance.now() - start) / 1000;
        slider.dispatchEvent(new Event('change'));
        const length = Number(/of ([\d,]+)/.exec(before)![1]!.replaceAll(',', ''));
        return { length, pages: pages / passed, states: states / passed };
      }, seconds);
    await scrub(0.5);
    const { length, pages, states } = await scrub(3);
    const used = await heaps(page);
    const mb = (bytes: number): string => `${(bytes / 1e6).toFixed(0)} MB`;
    console.log(
      `scrubbing ${length} events: ${states.toFixed(0)} states/s in ${pages.toFixed(0)} frames/s; ` +
        `heap ${mb(used.page)} in the page, ${mb(used.worker)} in the worker (${busy()})`,
    );
    expect(length).toBeGreaterThan(50_000);
    expect(states).toBeGreaterThan(load() < 1 ? 50 : 8);
    expect(used.page).toBeLessThan(60e6);
    expect(used.worker).toBeLessThan(300e6);
    await context.close();
  });

  it('complains of nothing', () => {
    expect(visitors.troubles).toEqual([]);
  });
});
