/** Properties of systems built on ZooKeeper (`sim/clients/ecosystem`): one for each, checked in every run. */
import type { Monitor, MonitorContext } from '../../monitor.ts';
import type { Property } from '../property-monitor.ts';
import { EcoCurator, ecoCurator } from './curator.ts';
import { EcoDubbo, ecoDubbo } from './dubbo.ts';
import { type CommittedSource, EcosystemMonitor } from './ecosystem-monitor.ts';
import { EcoElasticsearch, ecoElasticsearch } from './elasticsearch.ts';
import { EcoFlink, ecoFlink } from './flink.ts';
import { EcoHbase, ecoHbase } from './hbase.ts';
import { EcoKafka, ecoKafka } from './kafka.ts';
import { EcoSolr, ecoSolr } from './solr.ts';

export type { CommittedSource } from './ecosystem-monitor.ts';

export const ecosystemProperties: readonly Property[] = [
  ecoKafka,
  ecoHbase,
  ecoSolr,
  ecoFlink,
  ecoElasticsearch,
  ecoDubbo,
  ecoCurator,
];

/** A fresh set for one run, to stand behind what feeds `source`. */
export function createEcosystemMonitors(ctx: MonitorContext, source: CommittedSource): Monitor[] {
  return [
    new EcosystemMonitor(source, [
      new EcoKafka(ctx),
      new EcoHbase(ctx),
      new EcoSolr(ctx),
      new EcoFlink(ctx),
      new EcoElasticsearch(ctx),
      new EcoDubbo(ctx),
      new EcoCurator(ctx),
    ]),
  ];
}
