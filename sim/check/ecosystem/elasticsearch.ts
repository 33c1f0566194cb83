import type { SessionId } from '../../../protocol/txn.ts';
import type { MonitorContext } from '../../monitor.ts';
import type { Property } from '../property-monitor.ts';
import { numberOf, Rule, type Told, type Write } from './rule.ts';

/** What makes the plugin's unconditional write safe: it is of the session that the leader node lives by. */
export const ecoElasticsearch: Property = {
  id: 'ECO-ELASTICSEARCH',
  title: 'Elasticsearch: only the elected master publishes',
  statement:
    'the cluster state is written only by the session that owns the leader node at that moment, its version never goes back, and no node goes back to an older state within a session',
};

/** Checks {@link ecoElasticsearch}. */
export class EcoElasticsearch extends Rule {
  readonly system = 'elasticsearch';
  readonly roots = ['es'];
  /** By path of the leader node: who owns it. */
  private readonly leaders = new Map<string, SessionId>();
  /** By path of the state: its version. */
  private readonly versions = new Map<string, number>();
  /** By client: the version it has adopted in this session. */
  private readonly adopted = new Map<number, number>();

  constructor(ctx: MonitorContext) {
    super(ctx, ecoElasticsearch);
  }

  override onTold({ client, action, token }: Told): void {
    if (action === 'joined') this.adopted.delete(client);
    if (action !== 'adopted') return;
    this.tested = true;
    const before = this.adopted.get(client) ?? 0;
    if (token < before) this.report(`client ${client} went back from state ${before} to ${token}`);
    this.adopted.set(client, token);
  }

  override onWrite({ kind, path, session, data }: Write): void {
    if (path.endsWith('/leader')) {
      if (kind === 'created') this.leaders.set(path, session);
      else if (kind === 'deleted') this.leaders.delete(path);
    } else if (path.endsWith('/state/parts') && kind === 'data') {
      this.published(path, session, numberOf(data, 'version'));
    }
  }

  private published(path: string, session: SessionId, version: number): void {
    this.tested = true;
    const owner = this.leaders.get(path.replace('/state/parts', '/leader'));
    if (owner !== session)
      this.report(`${path} was written by session ${session} while ${owner ?? 'nobody'} was leader`);
    const before = this.versions.get(path) ?? 0;
    if (version < before) this.report(`${path} went back from version ${before} to ${version}`);
    this.versions.set(path, version);
  }
}
