import { PassThrough } from 'node:stream';
import { stripVTControlCharacters } from 'node:util';
import { afterEach, describe, expect, it } from 'vitest';
import { Control } from '../../../live/gateway/control.ts';
import type { ServerStatus } from '../../../live/gateway/gateway.ts';
import { Keyboard } from '../../../live/gateway/keyboard.ts';
import type { Mishap } from '../../../sim/spec.ts';

const SERVERS: readonly ServerStatus[] = [1, 2, 3].map((server) => ({
  server,
  host: '127.0.0.1',
  port: 2180 + server,
  observer: false,
  state: 'up',
  role: server === 3 ? 'leading' : 'following',
  serving: true,
  epoch: 1,
  connections: 0,
}));

class Terminal extends PassThrough {
  raw = false;
  setRawMode(on: boolean): void {
    this.raw = on;
  }
}

const open: Keyboard[] = [];

afterEach(() => {
  for (const keyboard of open.splice(0)) keyboard.close();
});

function started() {
  const faults: Mishap[] = [];
  const saved: string[] = [];
  const control: Control = new Control(() => ({
    status: () => [...SERVERS],
    fault: (fault) => {
      faults.push(fault);
      control.onProbe({ kind: 'faulted', server: 0, index: 0, fault: fault.kind });
    },
    save: async (path) => {
      saved.push(path);
    },
  }));
  const terminal = new Terminal();
  let output = '';
  let ends = 0;
  const keyboard = new Keyboard(
    terminal,
    {
      write: (text) => {
        output += text;
      },
    },
    control,
    () => ends++,
  );
  open.push(keyboard);
  keyboard.start();
  /** Presses keys and waits for what comes of them. */
  const press = async (keys: string): Promise<void> => {
    terminal.write(keys);
    await new Promise((resolve) => setTimeout(resolve, 5));
    await control.command('status');
  };
  return {
    faults,
    saved,
    terminal,
    keyboard,
    press,
    said: () => stripVTControlCharacters(output),
    output: () => output,
    ends: () => ends,
  };
}

describe('the keyboard of a running ensemble', () => {
  it('crashes, pauses and restarts the server whose number follows, or the leader, or all', async () => {
    const { press, faults } = started();
    await press('c2p3rax1');
    await press('cl');
    await press('ca');
    expect(faults).toEqual([
      { kind: 'crash', server: 2 },
      { kind: 'pause', server: 3, for: 5000 },
      { kind: 'restart', server: 'all' },
      { kind: 'powerLoss', server: 1 },
      { kind: 'crash', server: 'leader' },
    ]);
  });

  it('isolates the leader and heals at one key', async () => {
    const { press, faults } = started();
    await press('lh');
    expect(faults).toEqual([
      { kind: 'isolate', server: 'leader' },
      { kind: 'heal', speed: true },
    ]);
  });

  it('takes a fault as text, with corrections', async () => {
    const { press, faults, said } = started();
    await press(':crashh\u007f 9\u007f1\r');
    await press(':\u001b[A\u007f2\r');
    await press(':nonsense\r');
    expect(faults).toEqual([
      { kind: 'crash', server: 1 },
      { kind: 'crash', server: 2 },
    ]);
    expect(said()).toContain("nonsense: 'nonsense' is no fault that is known");
  });

  it('saves under a name that is proposed', async () => {
    const { press, saved } = started();
    await press('w\r');
    expect(saved).toEqual([expect.stringMatching(/zab-lab-session\.json$/)]);
  });

  it('keeps what is being typed below what is told meanwhile', async () => {
    const { press, keyboard, output } = started();
    await press(':crash');
    keyboard.print('server 1 is down');
    expect(output().endsWith('\r\u001b[Kserver 1 is down\n: crash')).toBe(true);
    await press('\u0015');
    expect(output().endsWith('\r\u001b[K: ')).toBe(true);
  });

  it('shows its keys, ends on q and Ctrl-C, and leaves the terminal as it was', async () => {
    const { press, said, ends, terminal, keyboard, output } = started();
    expect(terminal.raw).toBe(true);
    await press('?s');
    expect(said()).toContain('c  crash a server');
    expect(said()).toContain('status: server 3 leads epoch 1; 1, 2 follow');
    await press('q\u0003');
    expect(ends()).toBe(2);
    await press(':cra');
    keyboard.close();
    expect(terminal.raw).toBe(false);
    expect(output().endsWith('\r\u001b[K')).toBe(true);
  });
});
