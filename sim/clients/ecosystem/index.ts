/** Processes of systems built on ZooKeeper: small, but with the znodes and the decisions of the real ones. */
import type { ClientProgramFactory } from '../../catalog.ts';
import { curatorUser } from './curator.ts';
import { dubboConsumer, dubboProvider } from './dubbo.ts';
import { elasticsearchNode } from './elasticsearch.ts';
import { flinkJobManager, flinkTaskExecutor, flinkTaskManager } from './flink.ts';
import { hbaseFiles, hbaseMaster, hbaseRegionServer } from './hbase.ts';
import { kafkaBroker } from './kafka.ts';
import { processOf } from './process.ts';
import { solrOverseer, solrReplica } from './solr.ts';

export const ecosystemPrograms: Readonly<Record<string, ClientProgramFactory>> = {
  kafkaBroker: processOf(kafkaBroker),
  hbaseFiles: processOf(hbaseFiles),
  hbaseMaster: processOf(hbaseMaster),
  hbaseRegionServer: processOf(hbaseRegionServer),
  solrOverseer: processOf(solrOverseer),
  solrReplica: processOf(solrReplica),
  flinkJobManager: processOf(flinkJobManager),
  flinkTaskManager: processOf(flinkTaskManager),
  flinkTaskExecutor: processOf(flinkTaskExecutor),
  elasticsearchNode: processOf(elasticsearchNode),
  dubboProvider: processOf(dubboProvider),
  dubboConsumer: processOf(dubboConsumer),
  curatorUser: processOf(curatorUser),
};
