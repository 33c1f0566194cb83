/**
 * The kit's standard library loads what a cell names (Plot, d3, Inputs, html …) from a CDN. Here the installed package
 * takes its place, and what is not installed says so: a page asks for nothing elsewhere.
 */
import type { Plugin } from 'vite';

const CDN = /^https:\/\/cdn\.jsdelivr\.net\/npm\/((?:@[\w.-]+\/)?[\w.-]+)/;
/** A module of the kit that cannot do without a package from there. */
const NEEDS = /^(?:import|export)\b[^;]*?from "https:\/\/cdn\.jsdelivr\.net\/npm\/((?:@[\w.-]+\/)?[\w.-]+)/m;
const INSTALLED: readonly string[] = ['@observablehq/plot', '@observablehq/inputs', 'd3', 'd3-dsv', 'htl'];
const INPUTS_STYLE = 'https://cdn.jsdelivr.net/npm/@observablehq/inputs/dist/index.css';
const MISSING = '\0not-installed:';

/** The module in the place of one that is not there: whoever imports it is told. */
function missing(name: string): string {
  return `throw new Error(${JSON.stringify(`${name} is not installed with the notebooks`)});\nexport default undefined;\n`;
}

export function offline(): Plugin {
  return {
    name: 'offline',
    enforce: 'pre',
    resolveId(source, importer) {
      const name = CDN.exec(source)?.[1];
      if (name === undefined) return null;
      if (INSTALLED.includes(name)) return this.resolve(name, importer, { skipSelf: true });
      return MISSING + name;
    },
    load(id) {
      return id.startsWith(MISSING) ? missing(id.slice(MISSING.length)) : null;
    },
    transform(code, id) {
      if (!id.includes('/notebook-kit/dist/')) return null;
      if (code.includes(INPUTS_STYLE))
        return { code: code.replace(INPUTS_STYLE, 'inputs:index.css'), map: null };
      const name = NEEDS.exec(code)?.[1];
      return name === undefined || INSTALLED.includes(name) ? null : { code: missing(name), map: null };
    },
  };
}
