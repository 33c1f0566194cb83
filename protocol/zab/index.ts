export { CommittedLog, follows } from './committed-log.ts';
export { Leader } from './leader.ts';
export { Learner } from './learner.ts';
export type { QuorumMessage, QuorumPacket } from './packets.ts';
export { type DiscoveryStep, type NewLeaderStep, type ZabRules, zabRules } from './rules.ts';
export { planSync, type SyncPlan, type SyncSource } from './sync-plan.ts';
