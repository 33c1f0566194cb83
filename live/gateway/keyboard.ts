/** Faults from the keyboard of the terminal in which an ensemble is served. */
import { emitKeypressEvents, type Key } from 'node:readline';
import type { Readable } from 'node:stream';
import pc from 'picocolors';
import type { Control } from './control.ts';

/** What is typed at: `process.stdin`, where it is a terminal. */
export interface TerminalInput extends Readable {
  setRawMode(on: boolean): unknown;
}

/** What is written to: `process.stdout`. */
export interface TerminalOutput {
  write(text: string): unknown;
}

/** A key that wants a server after it. */
interface ServerKey {
  readonly does: string;
  /** The command, `N` for the server. */
  readonly command: string;
  /** Whether `a` means all. */
  readonly all?: true;
}

const SERVER_KEYS: Readonly<Record<string, ServerKey>> = {
  c: { does: 'crash a server', command: 'crash N' },
  r: { does: 'restart a server', command: 'restart N', all: true },
  x: { does: 'cut the power of a server', command: 'power-loss N', all: true },
  p: { does: 'pause a server for 5 s', command: 'pause N 5s' },
  i: { does: 'isolate a server', command: 'isolate N' },
};
const PLAIN_KEYS: Readonly<Record<string, { readonly does: string; readonly command: string }>> = {
  l: { does: 'isolate the leader', command: 'isolate leader' },
  h: { does: 'heal all links', command: 'heal speed' },
  s: { does: 'say what the servers do', command: 'status' },
};
const SAVE = 'save zab-lab-session.json';

const HELP = [
  ...Object.entries(SERVER_KEYS).map(([key, { does }]) => [key, `${does}: its number follows`] as const),
  ...Object.entries(PLAIN_KEYS).map(([key, { does }]) => [key, does] as const),
  ['w', 'save the session as a run file'] as const,
  [':', "type a fault, as in ': partition 1 | 2 3'; ': help' lists them"] as const,
  ['q', 'end'] as const,
]
  .map(([key, does]) => `  ${key}  ${does}`)
  .join('\n');

const CLEAR_LINE = '\r\u001b[K';
const ESCAPE = 'escape';

/** What a key would mean now. */
type Mode =
  | { readonly kind: 'keys' }
  | { readonly kind: 'server'; readonly key: ServerKey }
  | { readonly kind: 'text'; readonly text: string };

const KEYS: Mode = { kind: 'keys' };

export class Keyboard {
  private readonly input: TerminalInput;
  private readonly output: TerminalOutput;
  private readonly control: Control;
  private readonly end: () => void;
  private mode: Mode = KEYS;
  private readonly history: string[] = [];
  /** Place in the history while one looks through it. */
  private place = 0;
  private open = false;

  /** @param end somebody wants the session to end */
  constructor(input: TerminalInput, output: TerminalOutput, control: Control, end: () => void) {
    this.input = input;
    this.output = output;
    this.control = control;
    this.end = end;
  }

  /** Takes keys as they are pressed, until {@link close}. */
  start(): void {
    this.open = true;
    emitKeypressEvents(this.input);
    this.input.setRawMode(true);
    this.input.on('keypress', this.onKey);
    this.input.resume();
    process.on('exit', this.leave);
  }

  /** Writes a line; what is being typed stays below it. */
  print(line: string): void {
    this.output.write(this.mode.kind === 'keys' ? `${line}\n` : `${CLEAR_LINE}${line}\n${this.prompt}`);
  }

  /** Leaves the terminal as it was. */
  close(): void {
    this.leave();
    process.off('exit', this.leave);
    this.input.off('keypress', this.onKey);
    this.input.pause();
  }

  private readonly leave = (): void => {
    if (!this.open) return;
    this.open = false;
    this.enter(KEYS);
    this.input.setRawMode(false);
  };

  private enter(mode: Mode): void {
    const typed = this.mode.kind !== 'keys';
    this.mode = mode;
    if (typed || mode.kind !== 'keys') this.output.write(`${CLEAR_LINE}${this.prompt}`);
  }

  private get prompt(): string {
    if (this.mode.kind === 'text') return `: ${this.mode.text}`;
    if (this.mode.kind === 'keys') return '';
    const { does, all } = this.mode.key;
    return `${does}: 1-9, l the leader${all === true ? ', a all' : ''}, Esc none `;
  }

  private readonly onKey = (typed: string | undefined, key: Key): void => {
    if (key.ctrl === true && (key.name === 'c' || key.name === 'd')) this.end();
    else if (key.ctrl === true && key.name === 'z') this.suspend();
    else if (this.mode.kind === 'text') this.onTextKey(this.mode.text, typed, key);
    else if (this.mode.kind === 'server') this.onServerKey(this.mode.key, typed, key);
    else this.onPlainKey(typed ?? '');
  };

  private onPlainKey(typed: string): void {
    const ofServer = own(SERVER_KEYS, typed);
    const plain = own(PLAIN_KEYS, typed);
    if (ofServer !== null) this.enter({ kind: 'server', key: ofServer });
    else if (plain !== null) this.run(plain.command);
    else if (typed === 'w') this.enter({ kind: 'text', text: SAVE });
    else if (typed === ':') this.enter({ kind: 'text', text: '' });
    else if (typed === '?') this.print(HELP);
    else if (typed === 'q') this.end();
  }

  private onServerKey({ command, all }: ServerKey, typed: string | undefined, { name }: Key): void {
    const server =
      typed === 'l' ? 'leader' : typed === 'a' && all ? 'all' : /^[1-9]$/.test(typed ?? '') ? typed : null;
    if (server == null && name !== ESCAPE) return;
    this.enter(KEYS);
    if (server != null) this.run(command.replace('N', server));
  }

  private onTextKey(text: string, typed: string | undefined, key: Key): void {
    switch (key.name) {
      case 'return':
      case 'enter':
        this.enter(KEYS);
        if (text.trim() === '') return;
        this.history.push(text.trim());
        this.place = this.history.length;
        this.run(text.trim());
        return;
      case ESCAPE:
        this.enter(KEYS);
        return;
      case 'backspace':
        this.enter(text === '' ? KEYS : { kind: 'text', text: Array.from(text).slice(0, -1).join('') });
        return;
      case 'up':
      case 'down':
        this.place = Math.max(0, Math.min(this.history.length, this.place + (key.name === 'up' ? -1 : 1)));
        this.enter({ kind: 'text', text: this.history[this.place] ?? '' });
        return;
    }
    if (key.ctrl === true && key.name === 'u') this.enter({ kind: 'text', text: '' });
    else if (typed !== undefined && key.ctrl !== true && key.meta !== true && /^[^\p{C}]+$/u.test(typed)) {
      this.enter({ kind: 'text', text: text + typed });
    }
  }

  private run(command: string): void {
    void this.control.command(command).then(({ ok, text }) => {
      if (this.open) this.print(`${pc.dim(`${command}:`)} ${ok ? text : pc.red(text)}`);
    });
  }

  /** As the terminal does it when it handles keys itself. */
  private suspend(): void {
    this.enter(KEYS);
    this.input.setRawMode(false);
    process.once('SIGCONT', () => {
      if (this.open) this.input.setRawMode(true);
    });
    process.kill(process.pid, 'SIGTSTP');
  }
}

function own<T>(record: Readonly<Record<string, T>>, key: string): T | null {
  return Object.hasOwn(record, key) ? record[key]! : null;
}
