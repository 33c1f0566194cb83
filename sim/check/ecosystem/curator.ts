import { nameOf, parentOf } from '../../../protocol/tree/path.ts';
import type { MonitorContext } from '../../monitor.ts';
import type { Property } from '../property-monitor.ts';
import { Rule, type Told, type Write } from './rule.ts';

/** A second node, of which nobody knows, would keep the line waiting until its session ends. */
export const ecoCurator: Property = {
  id: 'ECO-CURATOR',
  title: 'Curator: one protected node for each GUID',
  statement:
    'no two nodes stand in a line under one GUID, however many answers are lost, and whoever holds a lock or leads finds one of its own there at most',
};

/** `_c_`, 32 digits and a dash. */
const PROTECTED = /^_c_[0-9a-f]{32}-/;

/** Checks {@link ecoCurator}. */
export class EcoCurator extends Rule {
  readonly system = 'curator';
  readonly roots = ['curator'];
  /** By parent and GUID: the node that is there. */
  private readonly nodes = new Map<string, string>();

  constructor(ctx: MonitorContext) {
    super(ctx, ecoCurator);
  }

  override onTold({ client, action, path, token }: Told): void {
    if (action === 'own nodes' && token > 1) this.report(`client ${client} has ${token} nodes in ${path}`);
  }

  override onWrite({ kind, path }: Write): void {
    const mark = PROTECTED.exec(nameOf(path))?.[0];
    if (mark === undefined) return;
    const key = `${parentOf(path)}/${mark}`;
    if (kind === 'deleted') {
      if (this.nodes.get(key) === path) this.nodes.delete(key);
    } else if (kind === 'created') {
      this.tested = true;
      const earlier = this.nodes.get(key);
      if (earlier !== undefined) this.report(`${path} was made while ${earlier} was there`);
      this.nodes.set(key, path);
    }
  }
}
