/** The result of a campaign as JUnit's XML, which most systems of continuous integration read: a case per property. */
import type { FuzzResult, FuzzViolation } from './fuzz-result.ts';

/** The report; `properties` are the ids of all that were checked. */
export function junitXml(result: FuzzResult, properties: readonly string[]): string {
  const { violations, wallMs, seed } = result;
  const ids = [...new Set([...properties, ...violations.map(({ property }) => property)])];
  const failing = ids.filter((id) => violations.some(({ property }) => property === id));
  const seconds = (wallMs / 1000).toFixed(3);
  const counts = `tests="${ids.length}" failures="${failing.length}" errors="0" time="${seconds}"`;
  const cases = ids.map((id) => {
    const found = violations.filter(({ property }) => property === id);
    const open = `    <testcase classname="zab-lab.fuzz" name="${escaped(id)}" time="0"`;
    if (found.length === 0) return `${open}/>\n`;
    const message = `broken in ${found.length} of ${result.runs} runs`;
    const lines = found.map(lineOf).join('\n');
    return `${open}>\n      <failure type="${escaped(id)}" message="${message}">${escaped(lines)}</failure>\n    </testcase>\n`;
  });
  return (
    `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites name="zab-lab fuzz" ${counts}>\n` +
    `  <testsuite name="seed ${seed}, ${result.runs} runs" ${counts}>\n${cases.join('')}  </testsuite>\n</testsuites>\n`
  );
}

function lineOf({ seed, file }: FuzzViolation): string {
  return `run ${seed}${file === null ? '' : `: zab-lab replay ${file}`}`;
}

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

// biome-ignore lint/suspicious/noControlCharactersInRegex: XML 1.0 has no way to write these.
const UNWRITABLE = /[\u0000-\u0008\u000b\u000c\u000e-\u001f]/g;

function escaped(text: string): string {
  return text.replaceAll(UNWRITABLE, '').replaceAll(/[&<>"]/g, (char) => ENTITIES[char]!);
}
