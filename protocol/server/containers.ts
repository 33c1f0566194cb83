/** Deletes containers and TTL nodes that nobody needs any more (server.ContainerManager). */
import type { Server } from './context.ts';

export const CONTAINER_TIMER = 'containers';

/** Who turns a deletion into a transaction. */
export interface ContainerDeleter {
  deleteContainer(path: string): void;
}

/** SVC-4: every interval a search, and then one deletion after the other at a bounded rate; only where writes begin. */
export class Containers {
  private readonly server: Server;
  private readonly deleter: ContainerDeleter;
  /** Found and not deleted yet, the next one last. */
  private found: string[] = [];
  private searchAt: number;

  constructor(server: Server, deleter: ContainerDeleter) {
    this.server = server;
    this.deleter = deleter;
    this.searchAt = server.host.now() + server.config.containerCheckInterval;
    this.arm(server.config.containerCheckInterval);
  }

  onTimer(): void {
    const { host, config, database } = this.server;
    if (this.found.length === 0) {
      if (host.now() >= this.searchAt) {
        this.searchAt = host.now() + config.containerCheckInterval;
        this.found = database.tree.containerCandidates(host.wallClock()).reverse();
      }
    }
    const path = this.found.pop();
    if (path !== undefined) this.deleter.deleteContainer(path);
    const pause = Math.floor(60_000 / config.containerMaxPerMinute);
    this.arm(this.found.length > 0 ? pause : Math.max(pause, this.searchAt - host.now()));
  }

  private arm(delayMs: number): void {
    this.server.host.setTimer(delayMs, CONTAINER_TIMER, this.server.term);
  }
}
