import { nameOf } from '../../../protocol/tree/path.ts';
import type { Zxid } from '../../../protocol/zxid.ts';
import type { MonitorContext } from '../../monitor.ts';
import type { Property } from '../property-monitor.ts';
import { Rule, type Told, type Write } from './rule.ts';

/** A consumer's list may be old; it is never one that was not. */
export const ecoDubbo: Property = {
  id: 'ECO-DUBBO',
  title: 'Dubbo: consumers know lists that the registry held',
  statement:
    'a list of providers that a consumer is notified of is one that the registry held, none of them older than the one before within a session, and a consumer calls only who is on its last list',
};

const PROVIDERS = '/dubbo/lab.Greeting/providers';

/** Checks {@link ecoDubbo}. */
export class EcoDubbo extends Rule {
  readonly system = 'dubbo';
  readonly roots = ['dubbo'];
  private readonly present = new Set<string>();
  /** Hosts, sorted, by the zxid of the change that made the list. */
  private readonly lists = new Map<Zxid, string>();
  /** By client: the last list and its zxid. */
  private readonly known = new Map<number, string>();
  private readonly since = new Map<number, Zxid>();

  constructor(ctx: MonitorContext) {
    super(ctx, ecoDubbo);
  }

  override onTold({ client, action, token, holder }: Told): void {
    if (action === 'subscribed') this.since.delete(client);
    else if (action === 'notified') this.notified(client, token, holder);
    else if (action.startsWith('called')) {
      this.tested = true;
      if (!(this.known.get(client) ?? '').split(' ').includes(holder))
        this.report(`client ${client} called ${holder}, who is not on its list`);
    }
  }

  private notified(client: number, zxid: Zxid, hosts: string): void {
    this.tested = true;
    const held = this.lists.get(zxid);
    if (held !== hosts)
      this.report(
        `client ${client} was notified of [${hosts}] as of zxid ${zxid}, when there was [${held ?? 'no list'}]`,
      );
    const before = this.since.get(client) ?? 0;
    if (zxid < before) this.report(`client ${client} was notified of zxid ${zxid} after ${before}`);
    this.since.set(client, zxid);
    this.known.set(client, hosts);
  }

  override onWrite({ kind, path, zxid }: Write): void {
    if (path === PROVIDERS && kind === 'created') this.lists.set(zxid, '');
    if (!path.startsWith(`${PROVIDERS}/`)) return;
    if (kind === 'created') this.present.add(nameOf(path));
    else if (kind === 'deleted') this.present.delete(nameOf(path));
    const hosts = [...this.present].sort().map((url) => url.split('%2F%2F')[1]!.split('%3A')[0]!);
    this.lists.set(zxid, hosts.join(' '));
  }
}
