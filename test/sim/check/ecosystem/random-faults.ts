import { RandomStream } from '../../../../sim/random.ts';
import type { Fault } from '../../../../sim/spec.ts';

/** Some faults of clients and servers, at random times from 1.5 s on; all are over at `healedAt` (virtual ms). */
export function randomFaults(seed: number, clients: number, healedAt: number): Fault[] {
  const random = new RandomStream(`ecosystem ${seed}`);
  const faults: Fault[] = [];
  const last = healedAt - 1000;
  for (let i = 0; i < 8; i++) {
    const at = 1500 + random.below(last - 3000);
    const client = 1 + random.below(clients);
    const length = 300 + random.below(3500);
    const over = Math.min(at + length, last);
    switch (random.below(8)) {
      case 0:
      case 1:
        faults.push({ at, kind: 'clientPause', client, for: over - at });
        break;
      case 2:
        faults.push({ at, kind: 'clientDisconnect', client });
        break;
      case 3:
        faults.push({ at, kind: 'clientCrash', client }, { at: over, kind: 'clientRestart', client });
        break;
      case 4:
        faults.push({ at, kind: 'clientCut', client, to: 'all' }, { at: over, kind: 'heal' });
        break;
      case 5:
        faults.push({ at, kind: 'crash', server: 'leader' }, { at: over, kind: 'restart', server: 'all' });
        break;
      case 6:
        faults.push({ at, kind: 'isolate', server: 'leader' }, { at: over, kind: 'heal' });
        break;
      default:
        faults.push({ at, kind: 'clientCut', client, to: 'connected' }, { at: over, kind: 'heal' });
        break;
    }
  }
  return faults;
}
