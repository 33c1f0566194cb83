/** Shapes that carry a meaning beside their colour. Paths around (0, 0). */
import type { Family, ServerFrame } from '../model/frame.ts';

function polygon(corners: number, radius: number, turn = 0): string {
  const points = Array.from({ length: corners }, (_, i) => {
    const angle = turn - Math.PI / 2 + (2 * Math.PI * i) / corners;
    return `${(radius * Math.cos(angle)).toFixed(2)},${(radius * Math.sin(angle)).toFixed(2)}`;
  });
  return `M${points.join('L')}Z`;
}

function circle(radius: number): string {
  return `M0,${-radius}A${radius},${radius} 0 1 1 0,${radius}A${radius},${radius} 0 1 1 0,${-radius}Z`;
}

export const CROWN = 'M-13,5L-15,-7L-7,-1L0,-10L7,-1L15,-7L13,5Z';
/** A ring with a bar through its gap. */
export const POWER = 'M-2.6,-3A4.2,4.2 0 1 0 2.6,-3M0,-5V0';
export const CROSS = 'M-5,-5L5,5M-5,5L5,-5';

/** What a server is now, in a word, a letter and a shape. */
export interface Look {
  readonly name: string;
  readonly letter: string;
  readonly style: 'leading' | 'following' | 'observing' | 'looking' | 'down';
  readonly path: string;
}

const R = 27;
const LOOKS: Readonly<Record<Look['style'], string>> = {
  leading: polygon(6, R + 2, Math.PI / 6),
  following: circle(R),
  observing: polygon(4, R + 6),
  looking: polygon(8, R + 1, Math.PI / 8),
  down: circle(R),
};

export function lookOf({ life, role }: Pick<ServerFrame, 'life' | 'role'>): Look {
  const look = (name: string, letter: string, style: Look['style']): Look => ({
    name,
    letter,
    style,
    path: LOOKS[style],
  });
  if (life === 'off') return look('without power', '', 'down');
  if (life === 'down') return look('down', '×', 'down');
  switch (role) {
    case 'LEADING':
      return look('leading', 'L', 'leading');
    case 'FOLLOWING':
      return look('following', 'F', 'following');
    case 'OBSERVING':
      return look('observing', 'O', 'observing');
    default:
      return look('looking for a leader', '?', 'looking');
  }
}

/** Shapes of messages in flight. */
export const MESSAGES: Readonly<Record<Family, string>> = {
  election: polygon(4, 7),
  sync: polygon(3, 7.5),
  proposal: 'M-5.5,-5.5H5.5V5.5H-5.5Z',
  ack: 'M-5,-5H5V5H-5ZM-2,-2V2H2V-2Z',
  commit: circle(5.5),
  ping: circle(2.5),
  client: 'M-6.5,-4.5H6.5V4.5H-6.5Z',
  line: circle(1.8),
};

export const FAMILY_NAMES: Readonly<Record<Family, string>> = {
  election: 'vote',
  sync: 'synchronization',
  proposal: 'proposal',
  ack: 'acknowledgement',
  commit: 'commit',
  ping: 'ping',
  client: 'request or reply',
  line: 'connection',
};
