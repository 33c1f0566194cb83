/** The watch and session properties in whole runs: they hold of ZooKeeper, and each deviation breaks the one it should. */
import { describe, expect, it } from 'vitest';
import { defaultRules } from '../../../../protocol/rules.ts';
import { Peer } from '../../../../protocol/server/peer.ts';
import type { ServiceRules } from '../../../../protocol/server/service-rules.ts';
import type { Catalog } from '../../../../sim/catalog.ts';
import { History } from '../../../../sim/check/history.ts';
import { HistoryMonitor } from '../../../../sim/check/history-monitor.ts';
import { ServiceHistory, ServiceHistoryMonitor } from '../../../../sim/check/service/service-history.ts';
import { createSessionMonitors } from '../../../../sim/check/service/svc-session.ts';
import { createWatchMonitors } from '../../../../sim/check/service/svc-watch.ts';
import { clientPrograms } from '../../../../sim/clients/index.ts';
import { plan } from '../../../../sim/fuzz/plan.ts';
import { Simulation } from '../../../../sim/simulation.ts';

function catalogOf(change: Partial<ServiceRules>): Catalog {
  const rules = { ...defaultRules, service: { ...defaultRules.service, ...change } };
  return {
    server: (host, id, config) => new Peer(host, id, config, rules),
    programs: clientPrograms,
    monitors: (ctx) => {
      const history = new History(ctx.config);
      const service = new ServiceHistory(ctx, history);
      return [
        new HistoryMonitor(history),
        new ServiceHistoryMonitor(service),
        ...createWatchMonitors(ctx, service),
        ...createSessionMonitors(ctx, service),
      ];
    },
    variants: {},
  };
}

/** The first seed up to `most` at which the property fails; 0: none. */
function killedAt(property: string, change: Partial<ServiceRules>, most: number): number {
  for (let seed = 1; seed <= most; seed++) {
    const simulation = new Simulation(plan(seed), catalogOf(change));
    simulation.run();
    if (simulation.result().violations.some((violation) => violation.property === property)) return seed;
  }
  return 0;
}

describe('watch and session properties in whole runs', () => {
  it('SVC-WATCH-ORDER, SVC-WATCH-ONCE, SVC-WATCH-COMPLETE and SVC-SESSION hold of ZooKeeper', () => {
    const checked = new Set<string>();
    for (let seed = 1; seed <= 25; seed++) {
      const simulation = new Simulation(plan(`watches/${seed}`), catalogOf({}));
      simulation.run();
      const { violations, verdicts } = simulation.result();
      expect(violations).toEqual([]);
      for (const [id, verdict] of Object.entries(verdicts)) {
        if (verdict === 'holds' && id !== 'NO-CRASH') checked.add(id);
      }
    }
    expect([...checked].sort()).toEqual([
      'SVC-SESSION',
      'SVC-WATCH-COMPLETE',
      'SVC-WATCH-ONCE',
      'SVC-WATCH-ORDER',
    ]);
  });

  it('SVC-WATCH-ORDER fails where events are sent after the answers', () => {
    expect(killedAt('SVC-WATCH-ORDER', { firesWhileApplying: false }, 10)).toBeGreaterThan(0);
  });

  it('SVC-WATCH-ONCE fails where one-shot watches stay', () => {
    expect(killedAt('SVC-WATCH-ONCE', { oneShot: false }, 30)).toBeGreaterThan(0);
  });

  it('SVC-WATCH-COMPLETE fails where setWatches tells nothing', () => {
    expect(killedAt('SVC-WATCH-COMPLETE', { catchesUp: false }, 60)).toBeGreaterThan(0);
  });

  it('SVC-SESSION fails where ephemerals outlive their session', () => {
    expect(killedAt('SVC-SESSION', { deletesEphemerals: false }, 20)).toBeGreaterThan(0);
  });

  it('SVC-SESSION fails where learners expire sessions', () => {
    expect(killedAt('SVC-SESSION', { onlyLeaderExpires: false }, 20)).toBeGreaterThan(0);
  });

  it('SVC-SESSION fails where sessions end a tick early, and where they end late', () => {
    const early: ServiceRules['expiry'] = (now, timeout, tick) => Math.floor((now + timeout) / tick) * tick;
    expect(killedAt('SVC-SESSION', { expiry: early }, 20)).toBeGreaterThan(0);
    const late: ServiceRules['expiry'] = (now, timeout, tick) =>
      (Math.floor((now + 4 * timeout) / tick) + 1) * tick;
    expect(killedAt('SVC-SESSION', { expiry: late }, 20)).toBeGreaterThan(0);
  });
});
