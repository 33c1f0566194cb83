import { nameOf } from '../../../protocol/tree/path.ts';
import type { MonitorContext } from '../../monitor.ts';
import type { Property } from '../property-monitor.ts';
import { Rule, type Told, type Write } from './rule.ts';

/** A region server may believe for a while to have a region that another has; but it cannot write to it any more. */
export const ecoHbase: Property = {
  id: 'ECO-HBASE',
  title: 'HBase: one writer for each region',
  statement:
    'a region goes to another region server only after the znode of the one that had it is gone and its log is closed, and a closed log takes no edit',
};

/** What the file system has done since it started. */
class Files {
  /** Server by region. */
  readonly assigned = new Map<string, string>();
  /** Servers whose log is closed. */
  readonly closed = new Set<string>();
}

/** Checks {@link ecoHbase}. */
export class EcoHbase extends Rule {
  readonly system = 'hbase';
  readonly roots = ['hbase'];
  /** Region servers whose nodes are gone: names are not used twice. */
  private readonly gone = new Set<string>();
  /** By the file system's client. */
  private readonly files = new Map<number, Files>();

  constructor(ctx: MonitorContext) {
    super(ctx, ecoHbase);
  }

  override onStart(client: number): void {
    this.files.delete(client);
  }

  override onTold({ client, action, path, holder }: Told): void {
    if (action === 'closed log') this.of(client).closed.add(holder);
    else if (action === 'assigned') this.assigned(this.of(client), path, holder);
    else if (action === 'wrote edits') {
      this.tested = true;
      if (this.of(client).closed.has(holder))
        this.report(`${holder} wrote to ${path} after its log was closed`);
    }
  }

  private assigned(files: Files, region: string, server: string): void {
    this.tested = true;
    const before = files.assigned.get(region);
    files.assigned.set(region, server);
    if (before === undefined || before === server) return;
    if (!this.gone.has(before))
      this.report(`${region} went to ${server} while the znode of ${before} was there`);
    if (!files.closed.has(before))
      this.report(`${region} went to ${server} while the log of ${before} was open`);
  }

  override onWrite({ kind, path }: Write): void {
    if (kind === 'deleted' && path.startsWith('/hbase/rs/')) this.gone.add(nameOf(path));
  }

  private of(client: number): Files {
    let files = this.files.get(client);
    if (files === undefined) {
      files = new Files();
      this.files.set(client, files);
    }
    return files;
  }
}
