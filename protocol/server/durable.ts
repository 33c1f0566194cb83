/** Waits for the store: chains of durable steps, each begun when the one before it is on disk. */
import type { Host } from '../host.ts';

/** One request to the store that becomes durable by an event. */
export type StoreAction =
  | { readonly op: 'flush'; readonly file: string }
  | { readonly op: 'truncate'; readonly file: string; readonly count: number }
  | { readonly op: 'remove'; readonly file: string }
  | { readonly op: 'value'; readonly name: string; readonly value: number };

/** Who is told when a chain is durable. `arg` is the teller's own, e.g. which incarnation of a role began it. */
export interface Continuation {
  readonly to: 'peer' | 'role' | 'log' | 'snapshot';
  readonly name: string;
  readonly arg: number;
}

interface Chain {
  readonly actions: readonly StoreAction[];
  next: number;
  readonly then: Continuation;
  /** Of the step that is being made durable. */
  token: number;
}

/** Chains under way: a handful, of which the one that waits longest is mostly the next to be told. */
export class Durable {
  private readonly host: Host;
  private readonly chains: Chain[] = [];
  private lastToken = 0;

  constructor(host: Host) {
    this.host = host;
  }

  /** Nothing is under way. */
  get idle(): boolean {
    return this.chains.length === 0;
  }

  /** Begins a chain of at least one action. @throws RangeError when it is empty. */
  run(actions: readonly StoreAction[], then: Continuation): void {
    if (actions.length === 0) throw new RangeError('a durable chain needs an action');
    this.step({ actions, next: 0, then, token: 0 });
  }

  /** A step is durable. Gives the continuation when it was the last of its chain. */
  onDurable(token: number): Continuation | null {
    const chain = this.take(token);
    if (chain === null) return null;
    if (chain.next === chain.actions.length) return chain.then;
    this.step(chain);
    return null;
  }

  /** A step has failed, and its chain ends with it. Gives the continuation that will not come. */
  onFailed(token: number): Continuation | null {
    return this.take(token)?.then ?? null;
  }

  /** The chain whose step this is; mostly the first one. */
  private take(token: number): Chain | null {
    const at = this.chains.findIndex((chain) => chain.token === token);
    return at < 0 ? null : this.chains.splice(at, 1)[0]!;
  }

  private step(chain: Chain): void {
    const action = chain.actions[chain.next++] as StoreAction;
    const token = ++this.lastToken;
    chain.token = token;
    this.chains.push(chain);
    const store = this.host.store;
    switch (action.op) {
      case 'flush':
        store.flush(action.file, token);
        break;
      case 'truncate':
        store.truncate(action.file, action.count, token);
        break;
      case 'remove':
        store.remove(action.file, token);
        break;
      case 'value':
        store.writeValue(action.name, action.value, token);
        break;
    }
  }
}
