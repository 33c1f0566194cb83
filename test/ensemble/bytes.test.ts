import { describe, expect, it } from 'vitest';
import type { FileContent, Host, Store } from '../../protocol/host.ts';
import { defaultRules } from '../../protocol/rules.ts';
import { decodeRecord, encodeRecord } from '../../protocol/wire/store.ts';
import { catalog } from '../../scenarios/index.ts';
import { plan } from '../../sim/fuzz/plan.ts';
import { simulate } from '../../sim/index.ts';
import { broken, Through } from './breakages.ts';

let decoded = 0;

/** A host whose store hands out what its bytes say, not the values that were written. */
class ThroughBytes extends Through {
  override get store(): Store {
    const inner = this.inner.store;
    return {
      list: () => inner.list(),
      size: (file) => inner.size(file),
      append: (file, record) => inner.append(file, record),
      flush: (file, token) => inner.flush(file, token),
      truncate: (file, count, token) => inner.truncate(file, count, token),
      remove: (file, token) => inner.remove(file, token),
      readValue: (name) => inner.readValue(name),
      writeValue: (name, value, token) => inner.writeValue(name, value, token),
      read: (file): FileContent => {
        const { records, tail } = inner.read(file);
        decoded += records.length;
        return { records: records.map((record) => decodeRecord(encodeRecord(record))), tail };
      },
    };
  }
}

describe('WIRE-9 a stored record is its bytes', () => {
  it('the trace hash is the same whether the store keeps values or bytes', () => {
    const bytes = broken(defaultRules, (host: Host) => new ThroughBytes(host));
    for (let seed = 1; seed <= 60; seed++) {
      const spec = plan(seed);
      expect(simulate(spec, bytes).traceHash).toBe(simulate(spec, catalog).traceHash);
    }
    expect(decoded).toBeGreaterThan(10_000);
  });
});
