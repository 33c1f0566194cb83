// What the kit would load from elsewhere comes from the installed packages.
import { describe, expect, it } from 'vitest';
import { offline } from '../../notebooks/offline.ts';

const plugin = offline() as unknown as {
  resolveId: (this: unknown, source: string, importer: string) => unknown;
  load: (id: string) => string | null;
  transform: (code: string, id: string) => { code: string } | null;
};
const resolver = { resolve: (name: string) => `/installed/${name}` };

describe('the notebooks offline', () => {
  it('built-in Plot, d3, Inputs and html are the installed ones', () => {
    for (const name of ['@observablehq/plot', '@observablehq/inputs', 'd3', 'htl']) {
      const address = `https://cdn.jsdelivr.net/npm/${name}/+esm`;
      expect(plugin.resolveId.call(resolver, address, 'x')).toBe(`/installed/${name}`);
    }
    expect(plugin.resolveId.call(resolver, './own.ts', 'x')).toBe(null);
  });

  it('what is not installed says so where it is used, and asks nobody', () => {
    const id = plugin.resolveId.call(
      resolver,
      'https://cdn.jsdelivr.net/npm/@duckdb/duckdb-wasm@1.32.0/+esm',
      'x',
    );
    expect(plugin.load(String(id))).toContain('@duckdb/duckdb-wasm is not installed with the notebooks');
    const tex = plugin.transform(
      'import katex from "https://cdn.jsdelivr.net/npm/katex/+esm";',
      '/notebook-kit/dist/tex.js',
    );
    expect(tex?.code).toContain('katex is not installed');
    expect(plugin.transform('import "x"', '/notebook-kit/dist/src/runtime/index.js')).toBe(null);
  });
});
