/** The client: a handle on a session, and programs that run on it. */
export * from './api.ts';
export type { Effect } from './effect.ts';
export { errorName } from './error-name.ts';
export { ProgramClient, type ProgramMaker } from './program-client.ts';
export { createRequest, ProgramZk, toBytes } from './zk.ts';
export { type ClientListener, type ClientOptions, ZooKeeperClient } from './zookeeper-client.ts';
