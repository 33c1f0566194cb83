/** Workloads that somebody brings along: clients added to every plan of a campaign. */
import { RandomStream } from '../random.ts';
import { anything, arrayOf } from '../shape.ts';
import type { ClientSpec, RunSpec } from '../spec.ts';
import { SpecError } from '../spec-error.ts';
import { parseRunSpec } from '../validate.ts';

/** Clients that every run of a campaign gets besides those it draws. */
export interface WorkloadDefinition {
  readonly id: string;
  readonly title: string;
  /**
   * The clients for this plan: none, one or several, of programs of the catalog. What varies between runs is drawn from
   * `random`, a stream of the workload's own.
   */
  clients(random: RandomStream, plan: RunSpec): readonly ClientSpec[];
}

/**
 * The plan with the clients of these workloads behind its own.
 * @throws SpecError where a workload throws or gives something else than clients
 */
export function addWorkloads(plan: RunSpec, workloads: readonly WorkloadDefinition[]): RunSpec {
  if (workloads.length === 0) return plan;
  const clients = workloads.flatMap((workload) => clientsOf(workload, plan));
  return parseRunSpec({ ...plan, clients: [...plan.clients, ...clients] });
}

function clientsOf(workload: WorkloadDefinition, plan: RunSpec): readonly ClientSpec[] {
  const { id } = workload;
  const random = new RandomStream(`plan/${plan.seed}/workload/${id}`);
  let clients: unknown;
  try {
    clients = workload.clients(random, plan);
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error);
    throw new SpecError(`workload ${id}`, `throws: ${text.split('\n')[0]}`, 'a list of clients');
  }
  arrayOf(anything)(clients, `workload ${id}`);
  return clients as readonly ClientSpec[];
}
