import type { SessionId } from '../../../protocol/txn.ts';
import type { MonitorContext } from '../../monitor.ts';
import type { Property } from '../property-monitor.ts';
import { numberOf, Rule, type Told, type Write } from './rule.ts';

/** What clients read in `state.json` may be late, but it goes forward. */
export const ecoSolr: Property = {
  id: 'ECO-SOLR',
  title: 'Solr: the state follows the shard leaders',
  statement:
    'no two leaders of a Solr shard are registered under one version, state.json names leaders in the order of their registration, and replicas are marked down only by the leader that is registered at that moment',
};

/** Checks {@link ecoSolr} for collections of one shard. */
export class EcoSolr extends Rule {
  readonly system = 'solr';
  readonly roots = ['collections'];
  /** Client by the version it was registered under. */
  private readonly leaders = new Map<number, number>();
  private registered: SessionId | null = null;
  /** Version of the leader that the state names. */
  private named = 0;

  constructor(ctx: MonitorContext) {
    super(ctx, ecoSolr);
  }

  override onTold({ client, action, token }: Told): void {
    if (action !== 'leader') return;
    this.tested = true;
    const earlier = this.leaders.get(token);
    if (earlier !== undefined)
      this.report(`clients ${earlier} and ${client} were both registered as leader under version ${token}`);
    this.leaders.set(token, client);
  }

  override onWrite({ kind, path, session, data }: Write): void {
    if (path.endsWith('/leader')) {
      if (kind === 'created') this.registered = session;
      else if (kind === 'deleted') this.registered = null;
    } else if (path.endsWith('/state.json')) {
      if (kind === 'data') this.stateWritten(path, numberOf(data, 'term'));
    } else if (kind === 'data' && path.includes('/leader_initiated_recovery/')) {
      this.tested = true;
      if (session !== this.registered)
        this.report(`${path} was marked by session ${session}, which is not the registered leader's`);
    }
  }

  private stateWritten(path: string, term: number): void {
    this.tested = true;
    if (term < this.named)
      this.report(`${path} names the leader of version ${term} after that of version ${this.named}`);
    this.named = term;
  }
}
