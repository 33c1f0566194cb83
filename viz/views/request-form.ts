/** What a client can be made to ask for: any operation of a client of ZooKeeper. */
import { html, type TemplateResult } from 'lit-html';
import type { Operation, OperationPart } from '../../sim/operation.ts';

/** Fields that an operation has; `path` goes without saying but for those without. */
const FIELDS: Readonly<Record<string, readonly string[]>> = {
  create: ['path', 'data', 'mode'],
  set: ['path', 'data', 'version'],
  get: ['path', 'watch'],
  exists: ['path', 'watch'],
  children: ['path', 'watch'],
  delete: ['path', 'version'],
  sync: ['path'],
  getAcl: ['path'],
  setAcl: ['path', 'acl', 'version'],
  multi: ['ops'],
  close: [],
};

const MODES: readonly (readonly [string, string])[] = [
  ['persistent', 'persistent'],
  ['ephemeral', 'ephemeral'],
  ['persistent-sequential', 'sequential'],
  ['ephemeral-sequential', 'ephemeral, sequential'],
  ['container', 'container'],
];

/** Permissions of everybody. */
const ACLS: readonly (readonly [number, string])[] = [
  [31, 'everything'],
  [1, 'read only'],
  [0, 'nothing'],
];

const EXAMPLE = 'create /a x; set /b y; delete /c; check /d 3';
const rooted = (path: string): string => (path.startsWith('/') ? path : `/${path}`);

/** The parts of a multi, written as `create /a x; check /d 3`; null: that is no multi. */
export function partsOf(text: string): OperationPart[] | null {
  const parts = text
    .split(';')
    .map((one) => one.trim())
    .filter((one) => one !== '');
  const read = parts.map((one): OperationPart | null => {
    const found = /^(create|set|delete|check)\s+(\S+)(?:\s+(.+))?$/.exec(one);
    if (found === null) return null;
    const [, op, path, rest] = found;
    const part = { op: op!, path: rooted(path!) };
    if (rest === undefined) return part;
    if (op === 'create' || op === 'set') return { ...part, data: rest };
    return /^\d{1,9}$/.test(rest) ? { ...part, version: Number(rest) } : null;
  });
  return read.length === 0 || read.includes(null) ? null : (read as OperationPart[]);
}

/** The operation that a form's fields say; null: its multi is none. */
export function operationOf(fields: Readonly<Record<string, string>>): Operation | null {
  const op = fields.op ?? '';
  const has = (name: string): boolean => FIELDS[op]?.includes(name) === true && (fields[name] ?? '') !== '';
  if (op === 'multi') {
    const ops = partsOf(fields.ops ?? '');
    return ops === null ? null : { op, ops };
  }
  return {
    op,
    ...(has('path') && { path: rooted(fields.path!.trim()) }),
    ...(has('data') && { data: fields.data! }),
    ...(has('mode') && fields.mode !== 'persistent' && { mode: fields.mode! }),
    ...(has('version') && { version: Number(fields.version) }),
    ...(has('watch') && { watch: true }),
    ...(has('acl') && { acl: [{ perms: Number(fields.acl), scheme: 'world', id: 'anyone' }] }),
  };
}

/** Shows the fields of the chosen operation. */
function choose(event: Event): void {
  const select = event.target as HTMLSelectElement;
  for (const field of select.form!.querySelectorAll<HTMLElement>('[data-field]'))
    field.hidden = FIELDS[select.value]?.includes(field.dataset.field!) !== true;
}

export function requestForm(onAsk: (operation: Operation) => void): TemplateResult {
  const send = (event: SubmitEvent): void => {
    event.preventDefault();
    const form = event.target as HTMLFormElement;
    const fields = Object.fromEntries([...new FormData(form)].map(([name, value]) => [name, String(value)]));
    const operation = operationOf(fields);
    if (operation !== null) {
      onAsk(operation);
      return;
    }
    const ops = form.elements.namedItem('ops') as HTMLInputElement;
    ops.setCustomValidity(`Write operations as in: ${EXAMPLE}`);
    ops.reportValidity();
  };
  const valid = (event: Event): void => (event.target as HTMLInputElement).setCustomValidity('');
  return html`<form @submit=${send}>
    <select name="op" aria-label="Operation" @change=${choose}>${Object.keys(FIELDS).map((op) => html`<option>${op}</option>`)}</select>
    <input type="text" name="path" data-field="path" aria-label="Path" value="/lab" />
    <input type="text" name="data" data-field="data" aria-label="Data" placeholder="data" />
    <select name="mode" data-field="mode" aria-label="Kind of znode">${MODES.map(([mode, name]) => html`<option value=${mode}>${name}</option>`)}</select>
    <select name="acl" data-field="acl" aria-label="What everybody may" hidden>${ACLS.map(([perms, name]) => html`<option value=${perms}>${name}</option>`)}</select>
    <input type="number" name="version" data-field="version" min="0" aria-label="Expected version, or none" placeholder="version" hidden />
    <label data-field="watch" hidden><input type="checkbox" name="watch" /> watch</label>
    <input type="text" name="ops" data-field="ops" aria-label="Parts of the multi" placeholder=${EXAMPLE} size="40" @input=${valid} hidden />
    <button type="submit" class="small" title="The client asks for it beside its program">Ask</button>
  </form>`;
}
