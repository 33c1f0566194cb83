/**
 * Throughput over time while servers of a saturated ensemble fail and come back: the experiment of the ZooKeeper paper's
 * figure 8. Five servers, 30 % writes, 250 clients with 100 requests of 1 KB under way each.
 */
import { Simulation } from '../../sim/simulation.ts';
import { type Fault, RUN_FORMAT, type RunSpec } from '../../sim/spec.ts';
import type { Experiment } from '../experiment.ts';
import { type Costs, calibrate, serviceTimes } from '../throughput/calibration.ts';
import { answered, bare, CALIBRATED_ON, runUntil } from '../throughput/experiment.ts';

/** Something that happens to servers, at a virtual time in ms. */
export interface Incident {
  readonly at: number;
  /** As in the paper's figure. */
  readonly mark: string;
  readonly text: string;
  readonly fault: Fault;
  /** Whether servers are lost, rather than back. */
  readonly loses: boolean;
}

export interface Load {
  readonly clients: number;
  readonly outstanding: number;
  /** Requests in process in the whole ensemble. */
  readonly inProcess: number;
  /** How many times slower the servers are than those of the paper. */
  readonly slower: number;
}

export interface FailuresSettings {
  readonly seed: number;
  readonly servers: number;
  readonly reads: number;
  readonly bytes: number;
  readonly costs: Costs;
  readonly tickTime: number;
  readonly syncLimit: number;
  readonly loads: readonly Load[];
  /** Length of a part of time in which answers are counted, and when the whole begins and ends. Virtual ms. */
  readonly bin: number;
  readonly from: number;
  readonly to: number;
}

export interface FailuresPoint extends Omit<FailuresSettings, 'loads'>, Load {}

export interface FailuresRow {
  readonly [column: string]: number;
  /** Of the servers: which load it is. */
  readonly slower: number;
  /** End of the part, virtual ms. */
  readonly time: number;
  /** Answers per second within it. */
  readonly reads: number;
  readonly writes: number;
}

const loses = true;
/** What happens, in the order of the paper's figure 8. The leader is whichever server leads at that moment. */
export const INCIDENTS: readonly Incident[] = [
  { at: 4000, mark: '1', text: 'a follower fails', loses, fault: { at: 4000, kind: 'crash', server: 1 } },
  { at: 5500, mark: '1', text: 'it is back', loses: false, fault: { at: 5500, kind: 'restart', server: 1 } },
  {
    at: 7500,
    mark: '2',
    text: 'another follower fails',
    loses,
    fault: { at: 7500, kind: 'crash', server: 2 },
  },
  { at: 9000, mark: '2', text: 'it is back', loses: false, fault: { at: 9000, kind: 'restart', server: 2 } },
  {
    at: 11_000,
    mark: '3',
    text: 'the leader fails',
    loses,
    fault: { at: 11_000, kind: 'crash', server: 'leader' },
  },
  {
    at: 12_500,
    mark: '3',
    text: 'it is back',
    loses: false,
    fault: { at: 12_500, kind: 'restart', server: 'all' },
  },
  {
    at: 14_500,
    mark: '4a',
    text: 'a follower fails',
    loses,
    fault: { at: 14_500, kind: 'crash', server: 1 },
  },
  {
    at: 15_500,
    mark: '4b',
    text: 'a second one fails',
    loses,
    fault: { at: 15_500, kind: 'crash', server: 2 },
  },
  {
    at: 17_000,
    mark: '4c',
    text: 'both are back',
    loses: false,
    fault: { at: 17_000, kind: 'restart', server: 'all' },
  },
  {
    at: 19_000,
    mark: '5',
    text: 'the leader fails',
    loses,
    fault: { at: 19_000, kind: 'crash', server: 'leader' },
  },
  {
    at: 20_500,
    mark: '6',
    text: 'it is back',
    loses: false,
    fault: { at: 20_500, kind: 'restart', server: 'all' },
  },
];

export function failuresRun(point: FailuresPoint): RunSpec {
  const {
    seed,
    servers,
    reads,
    bytes,
    costs,
    tickTime,
    syncLimit,
    clients,
    outstanding,
    inProcess,
    slower,
    to,
  } = point;
  const times = serviceTimes({
    request: costs.request * slower,
    write: costs.write * slower,
    follower: costs.follower * slower,
  });
  return {
    format: RUN_FORMAT,
    seed,
    ensemble: {
      participants: servers,
      tickTime,
      initLimit: 10,
      syncLimit,
      maxSessionTimeout: 60_000,
      outstandingLimit: Math.max(1, Math.floor(inProcess / servers)),
    },
    world: {
      network: { latency: { uniform: [0.05, 0.15] }, window: 10_000 },
      disk: { flush: { uniform: [1, 3] } },
      cost: { service: times },
    },
    clients: Array.from({ length: clients }, (_, i) => ({
      program: {
        name: 'saturating',
        params: { reads, outstanding, bytes, from: 500, sessionTimeout: 20_000 },
      },
      servers: Array.from({ length: servers }, (_, k) => ((i + k) % servers) + 1),
    })),
    faults: INCIDENTS.map(({ fault }) => fault),
    end: { at: to, maxEvents: 1e9 },
    expectations: [],
  };
}

function measure(point: FailuresPoint): FailuresRow[] {
  const { bin, from, to, slower } = point;
  const simulation = new Simulation(failuresRun(point), bare, { hash: false });
  runUntil(simulation, from);
  let before = answered(simulation);
  const rows: FailuresRow[] = [];
  for (let time = from + bin; time <= to; time += bin) {
    runUntil(simulation, time);
    const now = answered(simulation);
    const rate = (count: number): number => Math.round((count * 1000) / bin);
    rows.push({
      slower,
      time,
      reads: rate(now.reads - before.reads),
      writes: rate(now.writes - before.writes),
    });
    before = now;
  }
  if (simulation.failure !== null) throw simulation.failure;
  return rows;
}

export const failures: Experiment<FailuresSettings, FailuresPoint, FailuresRow> = {
  name: 'failures',
  defaults: {
    seed: 1,
    servers: 5,
    reads: 0.7,
    bytes: 1024,
    costs: calibrate(CALIBRATED_ON),
    tickTime: 2000,
    syncLimit: 5,
    loads: [
      { clients: 250, outstanding: 100, inProcess: 2000, slower: 1 },
      { clients: 50, outstanding: 10, inProcess: 100, slower: 20 },
    ],
    bin: 100,
    from: 2000,
    to: 23_000,
  },
  points: ({ loads, ...rest }) => loads.map((load) => ({ ...rest, ...load })),
  measure,
};
