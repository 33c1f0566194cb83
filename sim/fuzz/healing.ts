/** Whether a run mends what it breaks before it demands liveness. */
import type { Fault, FaultKind, RunSpec } from '../spec.ts';

const OF_LINKS: readonly FaultKind[] = [
  'partition',
  'cut',
  'isolate',
  'bridge',
  'swizzle',
  'drop',
  'slow',
  'clientCut',
];
const OF_SERVERS: readonly FaultKind[] = ['crash', 'powerLoss', 'diskFull', 'corrupt'];

/** What breaks, and what mends all of it. */
interface Breakage {
  readonly broken: (spec: RunSpec) => boolean;
  readonly mends: (fault: Fault) => boolean;
}

function has(spec: RunSpec, kinds: readonly FaultKind[]): boolean {
  return spec.faults.some(({ kind }) => kinds.includes(kind));
}

const BREAKAGES: readonly Breakage[] = [
  { broken: (spec) => has(spec, OF_LINKS), mends: (fault) => fault.kind === 'heal' },
  { broken: (spec) => has(spec, ['slow']), mends: (fault) => fault.kind === 'heal' && fault.speed === true },
  {
    broken: (spec) => has(spec, OF_SERVERS) || (spec.ensemble.down ?? []).length > 0,
    mends: (fault) => fault.kind === 'restart' && fault.server === 'all',
  },
  { broken: (spec) => has(spec, ['diskFull']), mends: (fault) => fault.kind === 'diskFree' },
  {
    broken: (spec) => has(spec, ['clientCrash']),
    mends: (fault) => fault.kind === 'clientRestart' && fault.client === 'all',
  },
  {
    broken: ({ world: { network }, faults }) =>
      (network?.dropRate ?? 0) > 0 ||
      (network?.electionLossRate ?? 0) > 0 ||
      faults.some(
        (fault) => fault.kind === 'loss' && (fault.dropRate ?? 0) + (fault.electionLossRate ?? 0) > 0,
      ),
    mends: (fault) => fault.kind === 'loss' && fault.dropRate === 0 && fault.electionLossRate === 0,
  },
];

/** Whether the run mends this breakage when it is to have healed, not before, so that nothing strikes behind it. */
function mended(spec: RunSpec, { mends }: Breakage): boolean {
  const { healedAt } = spec.end;
  return spec.faults.some((fault) => mends(fault) && fault.at !== undefined && fault.at === healedAt);
}

/** Whether the run mends all that `origin` mends, as far as it still breaks it. */
export function healsAsBefore(origin: RunSpec, spec: RunSpec): boolean {
  return BREAKAGES.every(
    (breakage) => !breakage.broken(spec) || mended(spec, breakage) || !mended(origin, breakage),
  );
}
