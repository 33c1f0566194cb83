// @vitest-environment jsdom
import { beforeAll, describe, expect, it } from 'vitest';
import { KEYS, onKey, PANELS } from '../../viz/page/keys.ts';
import { Lab, type Picture } from '../../viz/page/lab.ts';
import { deedsFor } from '../../viz/views/act-bar.ts';
import type { Selected } from '../../viz/views/cluster-scene.ts';
import { type Sitting, sitting } from './sitting.ts';

let told: Sitting;

/** A page that stands where a leader serves and a message is on its way; what it asks for is told by the lab's model. */
function page(): {
  lab: Lab;
  asked: string[];
  press: (key: string, held?: Partial<KeyboardEvent>) => boolean;
} {
  const asked: string[] = [];
  const lab = new Lab((request) => asked.push(request.kind));
  for (const reply of told.replies) lab.receive(reply);
  lab.waiting = false;
  asked.length = 0;
  const actions = {
    share: () => asked.push('share dialog'),
    keys: () => asked.push('map'),
    theme: () => asked.push('theme'),
  };
  const press = (key: string, held: Partial<KeyboardEvent> = {}): boolean =>
    onKey(lab, { key, target: document.body, ...held } as KeyboardEvent, actions);
  return { lab, asked, press };
}

const names = (groups: typeof KEYS): string[] => groups.flatMap(([, keys]) => keys.map(([key]) => key));

describe('the map of keys is true', () => {
  beforeAll(async () => {
    told = (await sitting()).record();
    let event = 900;
    for (; !told.frame.messages.some(({ name }) => name !== null) || event === 900; event++)
      await told.ask({ kind: 'seek', event });
  });

  /** By the name that the map gives them: each does what it says, and says that it was a key of the lab's. */
  const checks: Readonly<Record<string, () => void>> = {
    Space: () => {
      const { lab, press } = page();
      expect(press(' ')).toBe(true);
      expect(lab.playing.value).toBe(true);
    },
    '← →': () => {
      const { asked, press } = page();
      expect(press('ArrowLeft')).toBe(true);
      expect(press('ArrowRight')).toBe(true);
      expect(asked).toEqual(['seek']);
    },
    'Shift ← →': () => {
      const { asked, press } = page();
      expect(press('ArrowRight', { shiftKey: true })).toBe(true);
      expect(asked).toEqual(['seek']);
      expect(page().press('ArrowLeft', { shiftKey: true })).toBe(true);
    },
    'Home End': () => {
      for (const key of ['Home', 'End']) {
        const { asked, press } = page();
        expect(press(key)).toBe(true);
        expect(asked).toEqual(['seek']);
      }
    },
    '[ ]': () => {
      const { lab, press } = page();
      const before = lab.speed.value;
      press(']');
      expect(lab.speed.value).toBeGreaterThan(before);
      press('[');
      expect(lab.speed.value).toBe(before);
    },
    e: () => {
      const { lab, press } = page();
      press('e');
      expect(lab.pace.value).toBe('time');
    },
    '1 … 9': () => {
      const { lab, press } = page();
      expect(press('2')).toBe(true);
      expect(lab.selected.value).toEqual({ kind: 'server', id: 2 });
      expect(press('9')).toBe(false);
    },
    l: () => picks('l', 'server'),
    k: () => picks('k', 'client'),
    m: () => picks('m', 'link'),
    j: () => picks('j', 'message'),
    Esc: () => {
      const { lab, press } = page();
      press('l');
      press('Escape');
      expect(lab.selected.value).toBeNull();
    },
    c: () => breaks('c', ['l', 'k', 'm']),
    o: () => breaks('o', ['l']),
    r: () => {
      const { lab, press, asked } = page();
      const frame = lab.frame.value!;
      const servers = frame.servers.map((server) => ({ ...server, life: 'down' as const }));
      lab.frame.value = { ...frame, servers };
      press('1');
      expect(press('r')).toBe(true);
      expect(asked).toEqual(['act']);
    },
    p: () => breaks('p', ['l', 'k']),
    i: () => breaks('i', ['l']),
    'x y w v d': () => {
      for (const key of ['x', 'y', 'w', 'v', 'd']) breaks(key, ['m']);
      for (const key of ['d', 'w', 'v']) breaks(key, ['j']);
    },
    h: () => {
      const { lab, press, asked } = page();
      expect(press('h')).toBe(false);
      const links = [{ from: 1, to: 2, cut: true, slow: 0, dropping: false }];
      lab.frame.value = { ...lab.frame.value!, links };
      expect(press('h')).toBe(true);
      expect(asked).toEqual(['act']);
    },
    'Ctrl Z, Ctrl Y': () => {
      const { press, asked } = page();
      for (const key of ['z', 'y']) expect(press(key, { ctrlKey: true })).toBe(true);
      expect(asked).toEqual(['undo', 'redo']);
    },
    g: () => {
      const { lab, press } = page();
      const seen = new Set<Picture>();
      for (let i = 0; i < 4; i++) {
        seen.add(lab.picture.value);
        press('g');
      }
      expect(seen.size).toBe(4);
    },
    '+ − 0': () => inSpaceTime(['+', '-', '0']),
    'z b': () => inSpaceTime(['z', 'b']),
    f: () => inSpaceTime(['f']),
    a: () => {
      const { lab, press } = page();
      press('a');
      expect(lab.everything.value).toBe(true);
    },
    'Alt 1 … 4': () => {
      const { lab, press } = page();
      PANELS.forEach(([panel], i) => {
        expect(press(String(i + 1), { altKey: true })).toBe(true);
        expect(lab.panel.value).toBe(panel);
      });
    },
    n: () => asks('n', 'setup'),
    s: () => asks('s', 'share dialog'),
    t: () => asks('t', 'theme'),
    '?': () => asks('?', 'map'),
  };

  function picks(key: string, kind: Selected['kind']): void {
    const { lab, press } = page();
    expect(press(key)).toBe(true);
    expect(lab.selected.value?.kind).toBe(kind);
  }

  /** With each of these picked out first. */
  function breaks(key: string, picking: readonly string[]): void {
    for (const pick of picking) {
      const { press, asked } = page();
      press(pick);
      expect(press(key), `${pick} ${key}`).toBe(true);
      expect(asked).toEqual(['act']);
    }
  }

  function inSpaceTime(keys: readonly string[]): void {
    for (const key of keys) {
      const { lab, press } = page();
      expect(press(key), key).toBe(false);
      lab.picture.value = 'time';
      expect(press(key), key).toBe(true);
    }
  }

  function asks(key: string, what: string): void {
    const { press, asked } = page();
    expect(press(key)).toBe(true);
    expect(asked).toEqual([what]);
  }

  // What the diagram does by itself with the keys that it has while it is focused is tested with it.
  it.each(names(KEYS).filter((name) => name !== 'arrows, Enter'))('%s', (name) => {
    expect(Object.keys(checks)).toContain(name);
    checks[name]!();
  });

  it('whatever can be done to something has a key, and no two have the same', () => {
    const { lab } = page();
    const frame = lab.frame.value!;
    const message = frame.messages.find(({ name }) => name !== null)!;
    const all: Selected[] = [
      ...frame.servers.map(({ id }) => ({ kind: 'server', id }) as const),
      ...frame.clients.map(({ id }) => ({ kind: 'client', id }) as const),
      { kind: 'link', from: 1, to: 2 },
      { kind: 'message', id: message.id },
    ];
    for (const selected of all) {
      const keys = deedsFor(frame, selected).map(({ key }) => key);
      expect(keys.length).toBeGreaterThan(0);
      expect(new Set(keys).size, JSON.stringify(selected)).toBe(keys.length);
      for (const key of keys) expect(names(KEYS).join(' ')).toContain(key);
    }
  });

  it('belongs to a dialog that is open, and to the lab once it has closed, wherever the focus still is', () => {
    const { press, asked } = page();
    document.body.innerHTML = '<dialog open><button></button></dialog>';
    const target = document.querySelector('button');
    expect(press('s', { target })).toBe(false);
    document.querySelector('dialog')!.open = false;
    expect(press('s', { target })).toBe(true);
    expect(asked).toEqual(['share dialog']);
  });
});
