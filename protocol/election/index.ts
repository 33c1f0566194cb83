export { Connections } from './connections.ts';
export { Election, type ElectionServer } from './election.ts';
export { type ElectionRules, electionRules } from './rules.ts';
export type { ElectionHello, Notification, Vote } from './vote.ts';
export { NO_VOTE } from './vote.ts';
