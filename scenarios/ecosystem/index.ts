/** Systems built on ZooKeeper, each as a story. */
import type { Scenario } from '../scenario.ts';
import { curatorLostAnswer } from './curator-lost-answer.ts';
import { dubboRegistryAway } from './dubbo-registry-away.ts';
import { elasticsearchCutOffMaster } from './elasticsearch-cut-off-master.ts';
import { flinkStaleCheckpoint } from './flink-stale-checkpoint.ts';
import { hbaseRegionServerDies } from './hbase-region-server-dies.ts';
import { kafkaControllerEpoch } from './kafka-controller-epoch.ts';
import { solrShardLeader } from './solr-shard-leader.ts';

export const ecosystemScenarios: readonly Scenario[] = [
  kafkaControllerEpoch,
  hbaseRegionServerDies,
  solrShardLeader,
  flinkStaleCheckpoint,
  elasticsearchCutOffMaster,
  dubboRegistryAway,
  curatorLostAnswer,
];
