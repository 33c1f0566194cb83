/** Places of the page and when they are drawn. */
import { effect } from '@preact/signals-core';
import { render } from 'lit-html';

/** The element of that id, which the page has. */
export const part = <E extends Element = HTMLElement>(id: string): E =>
  document.getElementById(id) as unknown as E;

/** Renders a template anew whenever what it reads changes. */
export function show(place: HTMLElement, template: () => unknown): void {
  effect(() => {
    render(template(), place);
  });
}

/** Draws once per frame of the page, however often it is asked to. */
export function onceAFrame(go: () => void): () => void {
  let asked = false;
  return () => {
    if (asked) return;
    asked = true;
    requestAnimationFrame(() => {
      asked = false;
      go();
    });
  };
}

/** Lets something that takes a while be done soon, and at most every `apart` ms. */
export function nowAndThen(go: () => void, apart: number): () => void {
  let done = Number.NEGATIVE_INFINITY;
  let timer: ReturnType<typeof setTimeout> | undefined;
  return () => {
    if (timer !== undefined) return;
    const wait = Math.max(30, done + apart - performance.now());
    timer = setTimeout(() => {
      timer = undefined;
      done = performance.now();
      go();
    }, wait);
  };
}
