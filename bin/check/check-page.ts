/** The page of `check --html`: one file that needs nothing else. */
import { readFileSync } from 'node:fs';
import type { CheckedFile } from '../history/checked-file.ts';
import { pageSections } from './check-page-data.ts';
import { drawSections } from './check-page-script.ts';

/** d3's modules in the order in which they need each other; each adds itself to the global `d3`. */
const MODULES = [
  'd3-array',
  'd3-color',
  'd3-format',
  'd3-interpolate',
  'd3-time',
  'd3-time-format',
  'd3-scale',
  'd3-selection',
  'd3-axis',
] as const;

const STYLE = `
:root { color-scheme: light dark; --text: #1b1f24; --dim: #5b6570; --page: #fff; --lane: #dfe3e8; --bar: #c9d6ea;
  --placed: #8fb4e8; --within: #3f7ad1; --on: #fff; --stuck: #c62f3b; --line: #8a5a00; }
@media (prefers-color-scheme: dark) { :root { --text: #e4e8ee; --dim: #98a2ae; --page: #14171b; --lane: #2b3138;
  --bar: #333d4b; --placed: #3c5a85; --within: #5b96ea; --on: #0b0e12; --stuck: #ff6b74; --line: #f0b44a; } }
body { margin: 0 auto; padding: 1.5rem; max-width: 100rem; background: var(--page); color: var(--text);
  font: 15px/1.5 system-ui, sans-serif; }
h1 { font-size: 1.4rem; margin: 0 0 .3rem; } h2 { font-size: 1.1rem; margin: 1.6rem 0 .2rem; overflow-wrap: anywhere; }
h3 { font-size: 1rem; margin: .4rem 0; overflow-wrap: anywhere; } p { margin: .2rem 0 .6rem; color: var(--dim); overflow-wrap: anywhere; }
.not-linearizable h2::before { content: "✗ "; color: var(--stuck); } .unknown h2::before { content: "? "; }
.linearizable h2::before { content: "✓ "; }
.frame { display: flex; border: 1px solid var(--lane); border-radius: 6px; } .frame > svg { flex: none; }
.scroll { overflow-x: auto; flex: 1; min-width: 0; } .scroll svg { display: block; }
.lanes line { stroke: var(--lane); } .axis path { stroke: none; } .axis text { fill: var(--dim); font: 12px system-ui, sans-serif; }
.operation rect { fill: var(--bar); } .operation text { fill: var(--text); font: 11px ui-monospace, monospace; pointer-events: none; }
.operation.placed rect { fill: var(--placed); } .operation.within rect { fill: var(--within); }
.operation.within text, .operation.stuck text { fill: var(--on); }
.operation.pending rect { stroke: var(--dim); stroke-dasharray: 4 3; }
.operation.stuck rect { fill: var(--stuck); } .operation { outline: none; cursor: default; }
.operation.shown rect, .operation:focus-visible rect { stroke: var(--text); stroke-width: 2; }
.points { pointer-events: none; } .points path { fill: none; stroke: var(--line); stroke-width: 1.5; }
.points circle { fill: var(--line); }
.details { min-height: 8rem; } .details ol { margin: 0; padding-left: 3rem; } .details li { overflow-wrap: anywhere; }
.details span { color: var(--dim); } code { font-family: ui-monospace, monospace; font-size: 13px; }
.legend span { display: inline-block; margin-right: 1.2rem; } .legend i { display: inline-block; width: 1.4em; height: .8em;
  border-radius: 3px; margin-right: .4em; }
`;

const LEGEND = [
  ['var(--within)', 'in the order shown'],
  ['var(--placed)', 'in the longest order, further on'],
  ['var(--stuck)', 'no order has a place for it'],
  ['var(--bar)', 'not in the longest order'],
] as const;

/** The whole page as text. */
export function checkPage(checked: readonly CheckedFile[]): string {
  const { sections, left } = pageSections(checked);
  const title = checked.length === 1 ? `Linearizability of ${checked[0]!.file}` : 'Linearizability';
  const legend = LEGEND.map(
    ([color, text]) => `<span><i style="background:${color}"></i>${text}</span>`,
  ).join('');
  const verdicts = checked.map(
    ({ file, result }) => `${escapeHtml(file)}: ${result.verdict.replace('-', ' ')}`,
  );
  const more =
    left === 0 ? '' : `<p>${left} more ${left === 1 ? 'partition is' : 'partitions are'} not shown.</p>`;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'">
<title>${escapeHtml(title)}</title>
<style>${STYLE}</style>
</head>
<body>
<h1>${escapeHtml(title)}</h1>
<p>${shortList(verdicts)}</p>
<p class="legend">${legend}</p>
<main></main>
${more}
<script>${MODULES.map(moduleText).join('\n')}</script>
<script>(${drawSections.toString()})(d3, ${inScript(sections)});</script>
</body>
</html>
`;
}

const MOST_FILES = 20;

function shortList(items: readonly string[]): string {
  const rest = items.length - MOST_FILES;
  return items.slice(0, MOST_FILES).join(' · ') + (rest > 0 ? ` · and ${rest} more` : '');
}

/** The module as its package ships it for pages. */
function moduleText(name: string): string {
  return readFileSync(new URL(`../dist/${name}.min.js`, import.meta.resolve(name)), 'utf8');
}

function escapeHtml(text: string): string {
  return text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;').replace(/"/g, '&quot;');
}

/** JSON that may stand in a script. */
function inScript(data: unknown): string {
  return JSON.stringify(data)
    .replace(/</g, '\\u003c')
    .replace(/[\u2028\u2029]/g, (char) => (char === '\u2028' ? '\\u2028' : '\\u2029'));
}
