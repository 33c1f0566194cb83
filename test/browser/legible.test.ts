// The check of the screenshots can fail: it finds what covers what, and what is cut off.
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { executable, launch } from './browser.ts';
import { illegible } from './legible.ts';

let browser: Browser;

describe.skipIf(executable === null)('what cannot be read on a page', () => {
  beforeAll(async () => {
    browser = await launch();
  });
  afterAll(() => browser?.close());

  const found = async (body: string): Promise<string[]> => {
    const page = await browser.newPage();
    await page.setContent(`<body style="margin:0;font:16px sans-serif">${body}</body>`);
    const all = await illegible(page);
    await page.close();
    return all;
  };

  it.each([
    [
      'texts that cover each other',
      '<svg width="300" height="60"><text x="10" y="30">one</text><text x="20" y="34">two</text></svg>',
      'cover each other',
    ],
    [
      'a text that its box cuts off',
      '<div style="width:40px;overflow:hidden;white-space:nowrap">a long sentence</div>',
      'cut off at the side',
    ],
    [
      'a text beyond its drawing',
      '<svg width="40" height="30"><text x="20" y="20">beyond</text></svg>',
      'cut off',
    ],
    [
      'a text beyond the window',
      '<div style="position:absolute;left:1270px">beyond</div>',
      'beyond the window',
    ],
  ])('%s', async (_, body, problem) => {
    expect((await found(body)).join('\n')).toContain(problem);
  });

  it('not what one can scroll to, what is shortened with dots, or what is not there', async () => {
    expect(
      await found(`<div style="height:40px;overflow:auto"><p>one</p><p>two</p><p>three</p></div>
        <div style="width:40px;overflow:hidden;white-space:nowrap;text-overflow:ellipsis">a long sentence</div>
        <svg width="99" height="40"><text x="9" y="20">one</text><text x="9" y="22" display="none">two</text></svg>`),
    ).toEqual([]);
  });
});
