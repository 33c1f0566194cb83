/** The dialogs, what is saved and copied from them, and files that are opened. */
import { effect } from '@preact/signals-core';
import { render } from 'lit-html';
import { part, show } from '../page/elements.ts';
import { rasterized, saveAs, standalone } from '../page/export.ts';
import { KEYS } from '../page/keys.ts';
import type { Lab, Picture } from '../page/lab.ts';
import { keysDialog, shareDialog } from '../views/dialogs.ts';

/** A file with a run is not larger, bytes: most have some kB, a session that was served to real clients more. */
const MOST_BYTES = 20_000_000;

/** Pictures that are drawings, by the id of their element. */
const DRAWINGS: Readonly<Partial<Record<Picture, string>>> = {
  cluster: 'cluster',
  time: 'space-time',
  logs: 'logs',
};

export interface Sharing {
  readonly share: () => void;
  readonly keys: () => void;
  readonly openFile: (file: File) => Promise<void>;
  /** Opens the run file that is served beside the page, as `zab-lab lab file.json` does. */
  readonly openServed: () => Promise<void>;
  /** The share dialog is open. */
  readonly open: () => boolean;
}

export function wireSharing(lab: Lab): Sharing {
  const shareBox = part<HTMLDialogElement>('share');
  const keysBox = part<HTMLDialogElement>('keys');
  /** Without what only the server of this page has. */
  const address = (fragment: string): string => `${location.href.split(/[?#]/)[0]}#${fragment}`;
  const fileName = (): string => lab.opened.peek()?.setup.scenario || 'run';

  const openFile = async (file: File): Promise<void> => {
    shareBox.close();
    const problem = (text: string): void => {
      lab.notice.value = { text, kind: 'problem', offer: true };
    };
    if (file.size > MOST_BYTES) {
      problem(
        `${file.name} has ${(file.size / 1e6).toFixed(1)} MB, which is more than any run: drop a run file or a finding of zab-lab fuzz.`,
      );
      return;
    }
    const text = await file.text().catch(() => null);
    if (text === null) problem(`${file.name} cannot be read: drop a file, not a folder.`);
    else lab.ask({ kind: 'file', text });
  };
  const copy = async (text: string, what: string): Promise<void> => {
    try {
      await navigator.clipboard.writeText(text);
      lab.notice.value = { text: `${what} is copied.`, kind: 'done' };
      shareBox.close();
    } catch {
      lab.notice.value = {
        text: 'This browser does not let a page copy: select the text and copy it.',
        kind: 'problem',
      };
    }
  };
  const save = (): void => {
    const shared = lab.shared.peek();
    if (shared !== null) saveAs(new Blob([shared.file], { type: 'application/json' }), `${fileName()}.json`);
  };
  const savePicture = async (id: string, format: 'svg' | 'png'): Promise<void> => {
    const name = `${fileName()}-${id}-${lab.frame.peek()?.event ?? 0}.${format}`;
    const drawing = standalone(part<SVGSVGElement>(id));
    saveAs(format === 'svg' ? drawing : await rasterized(drawing), name);
  };

  effect(() => {
    const log = lab.shiviz.value;
    if (log === null) return;
    saveAs(new Blob([log], { type: 'text/plain' }), `${fileName()}-shiviz.log`);
    lab.shiviz.value = null;
  });
  show(shareBox, () => {
    const drawing = DRAWINGS[lab.picture.value];
    const fragment = lab.shared.value?.fragment ?? null;
    return shareDialog(lab.shared.value, fragment === null ? null : address(fragment), {
      copy: (text, what) => void copy(text, what),
      save,
      picture: drawing === undefined ? null : (format) => void savePicture(drawing, format),
      shiviz: () => lab.ask({ kind: 'shiviz' }),
      open: (file) => void openFile(file),
      close: () => shareBox.close(),
    });
  });
  addEventListener('dragover', (event) => event.preventDefault());
  addEventListener('drop', (event) => {
    event.preventDefault();
    const file = event.dataTransfer?.files[0];
    if (file !== undefined) void openFile(file);
  });

  return {
    openFile,
    openServed: async () => {
      const text = await fetch('./run.json').then(
        (answer) => (answer.ok ? answer.text() : null),
        () => null,
      );
      if (text !== null) {
        lab.ask({ kind: 'file', text });
        return;
      }
      lab.ask({ kind: 'link', fragment: '' });
      lab.notice.value = {
        text: 'The run file that this page was opened with is no longer served: open it once more.',
        kind: 'problem',
        offer: true,
      };
    },
    open: () => shareBox.open,
    share: () => {
      lab.playing.value = false;
      lab.shared.value = null;
      lab.ask({ kind: 'share' });
      if (!shareBox.open) shareBox.showModal();
    },
    keys: () => {
      render(
        keysDialog(KEYS, () => keysBox.close()),
        keysBox,
      );
      if (!keysBox.open) keysBox.showModal();
    },
  };
}
