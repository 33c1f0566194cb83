/** The table of rules and their tests at the end of the specification; `npm run spec` renews it. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Paths are relative to the project's folder, in which this runs. */
export const SPEC = 'protocol/SPEC.md';

const HEADING = '## Rules and their tests';
const INTRODUCTION = `Each rule is named by the title of a test in each of these files. Made by \`npm run spec\`.`;

const RULE = /^- \*\*([A-Z]+-\d+)\*\*/gm;
const ID = /\b[A-Z]+-\d+\b/g;
const TITLE = /\b(?:it|test|describe)(?:\.\w+)*(?:\([^\n]*\))?\(\s*(['"`])((?:\\.|(?!\1)[^\\])*)\1/g;
/** In a table of claims, of which titles are made. */
const CLAIM = /'([A-Z]+-\d+)'/g;

/** Ids of the rules, in the order of the specification. @throws Error when an id is given twice */
export function rulesOf(spec: string): string[] {
  const ids = [...spec.matchAll(RULE)].map(([, id]) => id!);
  const twice = ids.filter((id, i) => ids.indexOf(id) !== i);
  if (twice.length > 0) throw new Error(`ids that stand for two rules: ${twice.join(', ')}`);
  return ids;
}

/** Paths of all test files, sorted. */
function testFiles(): string[] {
  return readdirSync('test', { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.test.ts'))
    .map((path) => join('test', path).replaceAll('\\', '/'))
    .sort();
}

/** By id: the test files in which a title names it. */
export function testsById(): Map<string, string[]> {
  const tests = new Map<string, string[]>();
  for (const file of testFiles()) {
    const source = readFileSync(file, 'utf8');
    const titles = [...source.matchAll(TITLE)].map(([, , title]) => title!);
    const claims = [...source.matchAll(CLAIM)].map(([, id]) => id!);
    for (const id of new Set([...claims, ...titles].join('\n').match(ID))) {
      const files = tests.get(id);
      if (files === undefined) tests.set(id, [file]);
      else files.push(file);
    }
  }
  return tests;
}

/** The specification with the table as it should be. */
export function withTable(spec: string): string {
  const at = spec.indexOf(`\n${HEADING}\n`);
  const rules = at < 0 ? `${spec.trimEnd()}\n` : spec.slice(0, at);
  const tests = testsById();
  const rows = rulesOf(rules).map((id) => {
    const files = (tests.get(id) ?? []).map((file) => `[${file.slice('test/'.length)}](../${file})`);
    return `| ${id} | ${files.join(', ')} |`;
  });
  return `${rules}\n${HEADING}\n\n${INTRODUCTION}\n\n| Rule | Tests |\n|---|---|\n${rows.join('\n')}\n`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  writeFileSync(SPEC, withTable(readFileSync(SPEC, 'utf8')));
}
