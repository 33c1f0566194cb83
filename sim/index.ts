/** The simulator: a deterministic world for the protocol's servers and clients. */
export type {
  Catalog,
  ClientActor,
  ClientCounters,
  ClientProgramFactory,
  ClientSettings,
} from './catalog.ts';
export { createMonitors, type LiveBounds, liveBounds, type Property, properties } from './check/index.ts';
export { CheckError, type PropertyDefinition } from './check/own-property.ts';
export { type Check, type EventHandlers, type PropertyHandlers, property } from './check/property.ts';
export { PropertyMonitor } from './check/property-monitor.ts';
export { clientPrograms, mix, type ProgramDefinition, script, service } from './clients/index.ts';
export { EVENT_KINDS, fieldsOf, TRACE_HASH_VERSION } from './event-fields.ts';
export { CampaignHash } from './fuzz/campaign-hash.ts';
export type { Candidates, Judgement } from './fuzz/candidates.ts';
export { addCoverage, Coverage, type CoverageCounts, neverReached } from './fuzz/coverage.ts';
export { type Execution, execute, type Failure, type RunSize } from './fuzz/execute.ts';
export { compare, type Finding, findingOf, parseFinding } from './fuzz/finding.ts';
export { type PlanOptions, plan } from './fuzz/plan.ts';
export { type Campaign, type Profile, planOf, profiles, seedOf } from './fuzz/profile.ts';
export { judge, shrink } from './fuzz/shrink.ts';
export type { WorkloadDefinition } from './fuzz/workload-definition.ts';
export { MAX_REPORTS, type Monitor, type MonitorContext, type RunEnd } from './monitor.ts';
export {
  BY_TIME,
  byChoice,
  EVENT_NAMES,
  type EventEnd,
  EventKind,
  type EventQueue,
  type Policy,
  type QueuedEvent,
} from './queue.ts';
export { RandomStream, RandomStreams } from './random.ts';
export * as shape from './shape.ts';
export {
  configOf,
  type RunResult,
  Simulation,
  type SimulationOptions,
  type Snapshot,
  simulate,
  type Verdict,
} from './simulation.ts';
export * from './spec.ts';
export { SpecError } from './spec-error.ts';
export { type TraceEntry, TraceRecorder } from './trace.ts';
export type { HashLadder } from './trace-hash.ts';
export { parseRunSpec } from './validate.ts';
export type { Listener, Violation } from './world.ts';
export type { SimEvent, SimEventKind, WorldEvent, WorldKind } from './world-event.ts';
