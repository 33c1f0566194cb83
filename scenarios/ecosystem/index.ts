/** Systems built on ZooKeeper, each as a story. */
import type { Scenario } from '../scenario.ts';
import { kafkaControllerEpoch } from './kafka-controller-epoch.ts';

export const ecosystemScenarios: readonly Scenario[] = [kafkaControllerEpoch];
