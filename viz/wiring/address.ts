/** The address holds what is shown, so that a reload or a bookmark comes back to it. */
import { effect } from '@preact/signals-core';
import type { Lab } from '../page/lab.ts';

/** How long one has to stand still before the address is told of it, ms. */
const REST = 700;

/** @param busy the address is not to change now */
export function wireAddress(lab: Lab, busy: () => boolean): void {
  let remembered = location.hash.slice(1);
  let timer: ReturnType<typeof setTimeout> | undefined;
  effect(() => {
    const frame = lab.settled.value;
    void lab.opened.value;
    if (frame === null) return;
    clearTimeout(timer);
    timer = setTimeout(() => {
      if (!lab.playing.peek() && !busy()) lab.ask({ kind: 'share' });
    }, REST);
  });
  let untouched = true;
  effect(() => {
    const shared = lab.shared.value;
    // A run without a link keeps the address that it was opened by.
    if (shared === null || shared.fragment === null || shared.fragment === remembered) return;
    // A page that was opened without a link keeps its plain address until something is done.
    if (untouched && remembered === '' && shared.event === 0 && lab.opened.peek()?.current === 0) return;
    untouched = false;
    remembered = shared.fragment;
    history.replaceState(null, '', `#${remembered}`);
  });
  addEventListener('hashchange', () => {
    if (location.hash.slice(1) === remembered) return;
    remembered = location.hash.slice(1);
    lab.ask({ kind: 'link', fragment: remembered });
  });
}
