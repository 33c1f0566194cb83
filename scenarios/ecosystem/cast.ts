/** Who plays in the stories of systems built on ZooKeeper. */
import type { ClientSpec, Json, Predicate } from '../../sim/spec.ts';

/** Long enough to survive an election, ms; short, so that nobody waits long for an expiry. */
const SESSION_MS = 2000;

/** When the processes of a story have done what they are to do, virtual ms. */
export const REST_MS = 10_000;

/** A process with a program of `sim/clients/ecosystem`. */
export function process(name: string, params: { readonly [key: string]: Json }): ClientSpec {
  return { program: { name, params: { sessionTimeout: SESSION_MS, ...params } } };
}

/** A Kafka broker that starts at a time, virtual ms; the brokers are the first three clients. */
export function broker(id: number, from: number): ClientSpec {
  return process('kafkaBroker', { broker: id, brokers: [1, 2, 3], from, until: REST_MS });
}

/** Predicates on what the processes of a system tell. */
export function tellsOf(system: string) {
  return (action: string, where: Predicate['where'] = {}, nth = 1): Predicate => {
    const predicate = { on: 'told', where: { recipe: system, action, ...where } };
    return nth === 1 ? predicate : { ...predicate, nth };
  };
}
