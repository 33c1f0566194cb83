export { Database } from './database.ts';
export { Peer } from './peer.ts';
export { OutstandingChanges } from './prepare.ts';
export { type ServerRules, serverRules } from './rules.ts';
