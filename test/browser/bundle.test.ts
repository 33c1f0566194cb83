// What a visitor has to load.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { beforeAll, describe, expect, it } from 'vitest';
import { build } from '../bin/command.ts';
import { site } from './browser.ts';

const MOST = 250_000;

describe('the bundle of the lab', () => {
  beforeAll(() => build());

  it('is small, worker included', () => {
    const files = readdirSync(site, { recursive: true, withFileTypes: true }).filter((one) => one.isFile());
    const sizes = files.map(({ parentPath, name }) => gzipSync(readFileSync(join(parentPath, name))).length);
    const all = sizes.reduce((a, b) => a + b);
    console.log(`the lab is ${(all / 1000).toFixed(0)} kB gzipped in ${files.length} files`);
    expect(all).toBeLessThanOrEqual(MOST);
  });
});
