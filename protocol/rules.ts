/** All decision points of a server, handed to it at construction; a variant replaces members. */
import { type ElectionRules, electionRules } from './election/rules.ts';
import { type ServerRules, serverRules } from './server/rules.ts';
import { type ServiceRules, serviceRules } from './server/service-rules.ts';
import { type ZabRules, zabRules } from './zab/rules.ts';

export interface Rules {
  readonly election: ElectionRules;
  readonly zab: ZabRules;
  readonly server: ServerRules;
  readonly service: ServiceRules;
}

/** The correct protocol. */
export const defaultRules: Rules = {
  election: electionRules,
  zab: zabRules,
  server: serverRules,
  service: serviceRules,
};
