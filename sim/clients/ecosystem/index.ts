/** Processes of systems built on ZooKeeper: small, but with the znodes and the decisions of the real ones. */
import type { ClientProgramFactory } from '../../catalog.ts';
import { elasticsearchNode } from './elasticsearch.ts';
import { hbaseFiles, hbaseMaster, hbaseRegionServer } from './hbase.ts';
import { kafkaBroker } from './kafka.ts';
import { processOf } from './process.ts';

export const ecosystemPrograms: Readonly<Record<string, ClientProgramFactory>> = {
  kafkaBroker: processOf(kafkaBroker),
  hbaseFiles: processOf(hbaseFiles),
  hbaseMaster: processOf(hbaseMaster),
  hbaseRegionServer: processOf(hbaseRegionServer),
  elasticsearchNode: processOf(elasticsearchNode),
};
