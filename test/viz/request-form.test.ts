// @vitest-environment jsdom
import { render } from 'lit-html';
import { describe, expect, it } from 'vitest';
import { fullCatalog } from '../../scenarios/full-catalog.ts';
import { findScenario } from '../../scenarios/index.ts';
import type { Operation } from '../../sim/operation.ts';
import { Simulation } from '../../sim/simulation.ts';
import { parseRunSpec } from '../../sim/validate.ts';
import { operationOf, partsOf, requestForm } from '../../viz/views/request-form.ts';

describe('what a client is made to ask for', () => {
  it('is what the fields of the operation say, and nothing of the fields of others', () => {
    const all = { path: 'a/b', data: 'x', mode: 'ephemeral', version: '3', watch: 'on', acl: '1', ops: '' };
    expect(operationOf({ ...all, op: 'create' })).toEqual({
      op: 'create',
      path: '/a/b',
      data: 'x',
      mode: 'ephemeral',
    });
    expect(operationOf({ ...all, op: 'get' })).toEqual({ op: 'get', path: '/a/b', watch: true });
    expect(operationOf({ ...all, op: 'delete', version: '' })).toEqual({ op: 'delete', path: '/a/b' });
    expect(operationOf({ ...all, op: 'setAcl' })).toEqual({
      op: 'setAcl',
      path: '/a/b',
      version: 3,
      acl: [{ perms: 1, scheme: 'world', id: 'anyone' }],
    });
    expect(operationOf({ ...all, op: 'close' })).toEqual({ op: 'close' });
  });

  it('a multi is written as its operations', () => {
    expect(partsOf('create /a x y; set b; delete /c; check /d 3;')).toEqual([
      { op: 'create', path: '/a', data: 'x y' },
      { op: 'set', path: '/b' },
      { op: 'delete', path: '/c' },
      { op: 'check', path: '/d', version: 3 },
    ]);
    for (const wrong of ['', 'create', 'get /a', 'check /a x', 'create /a;; nonsense'])
      expect(partsOf(wrong)).toBeNull();
  });

  it('the form offers every operation, shows its fields only, and each is one that a run takes', () => {
    const root = document.createElement('div');
    const asked: Operation[] = [];
    render(
      requestForm((operation) => asked.push(operation)),
      root,
    );
    const form = root.querySelector('form')!;
    const select = form.querySelector<HTMLSelectElement>('[name=op]')!;
    form.querySelector<HTMLInputElement>('[name=ops]')!.value = 'create /m; delete /m';
    const shown: Record<string, string> = {};
    for (const { value } of select.options) {
      select.value = value;
      select.dispatchEvent(new Event('change'));
      const fields = [...form.querySelectorAll<HTMLElement>('[data-field]')].filter((one) => !one.hidden);
      shown[value] = fields.map((one) => one.dataset.field).join(' ');
      form.dispatchEvent(new Event('submit', { cancelable: true }));
    }
    expect(shown).toMatchObject({ create: 'path data mode', get: 'path watch', multi: 'ops', close: '' });
    expect(asked.map(({ op }) => op)).toEqual([...select.options].map(({ value }) => value));

    const { run } = findScenario('healthy-write')!;
    const faults = asked.map((request, i) => ({
      kind: 'clientRequest' as const,
      client: 1,
      request,
      afterEvent: 500 + 10 * i,
    }));
    const spec = parseRunSpec({ ...run, faults, expectations: [], end: { ...run.end, live: false } });
    const { verdicts } = new Simulation(spec, fullCatalog).run().result();
    expect(Object.values(verdicts)).not.toContain('violated');
  });
});
