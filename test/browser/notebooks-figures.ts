/** What each figure of each notebook must show with the committed data: shapes by kind of mark. */
import { readFileSync } from 'node:fs';
import type { DataFile } from '../../notebooks/experiment.ts';

type Figures = Readonly<Record<string, Readonly<Record<string, number>>>>;

export function data(name: string): DataFile {
  return JSON.parse(readFileSync(new URL(`../../notebooks/data/${name}.json`, import.meta.url), 'utf8'));
}

export const drawn: Readonly<Record<string, Figures>> = {
  disk: {
    'Latency of a commit over the number of disks': { dot: 2 * 16, line: 2 * 4 },
    'What haste costs': { dot: 2 * 16 },
    'Group commit: writes per second over writers at once': { dot: 3 * 9, line: 3 },
    'How many transactions share a flush': { dot: 9, line: 2 },
  },
  failures: {
    'Throughput while servers fail and come back': { rect: 2 * 210, rule: 11 + 1, text: 8 },
    'How deep, and for how long': { dot: 11 },
  },
  fuzzer: {
    'Survival: share of the hunts in which a mistake is still alive': { line: 7 * 2, text: 7 },
    'Coverage: situations of the protocol reached': { line: 8, dot: 8 * 9 },
  },
  staleness: {
    'How old a plain read is': { dot: 15, line: 1 + 3 },
    'How many writes a plain read lacks': { dot: 15, line: 1 },
    'What sync costs': { dot: 30, line: 1 },
  },
  timeouts: {
    'Taken for dead: share of the runs over the length of a pause': { line: 12, dot: 12 * 14, text: 3 },
    'The price of patience': { dot: 4, line: 1 },
  },
  availability: {
    'Time without a quorum: formula and simulation': { line: 3, rule: 16, dot: 16 },
    'Does the formula lie within the simulation’s interval?': { rule: 1 + 16, dot: 16 },
    'What elections cost': { line: 1, dot: 16 },
  },
  election: {
    'How long until a leader serves again': { dot: 4 * 4 * 24, rule: 4 * 4, frame: 4, text: 4 },
    'Where the time goes, 5 servers': { dot: 4 * 3 - 1, rule: 1 + 4 },
    'Latency: what an election costs when the crash is noticed at once': { dot: (4 + 4) * 24, line: 1 },
    'Limits: a silent leader is missed when its time is up': { dot: (1 + 3) * 24, line: 1 },
  },
  throughput: {
    'Extremes: the paper and the simulation': { dot: 10, tick: 5 * 2, text: 10, rule: 10 },
    'Mixed loads: throughput over the share of reads': { dot: data('throughput').rows.length, line: 5 },
    'What each choice of two rows would have predicted': { dot: 10 * 3 * 2 },
  },
};
