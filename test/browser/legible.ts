// Whether every text of a page can be read: none covers another, none is cut off.
import type { Page } from 'playwright-core';

/** What cannot be read on a page as it stands, a line each. */
export function illegible(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    interface Word {
      readonly text: string;
      readonly element: Element;
      readonly box: DOMRect;
      /** What shows of it. */
      readonly seen: DOMRect;
      /** In front of the page rather than in it. */
      readonly fixed: boolean;
    }
    const found: string[] = [];
    const name = (element: Element): string => {
      const within = element.closest('[id]');
      return within === null
        ? element.localName
        : `#${within.id} ${element === within ? '' : element.localName}`.trim();
    };
    const common = (a: DOMRect, b: DOMRect): DOMRect => {
      const [x, y] = [Math.max(a.left, b.left), Math.max(a.top, b.top)];
      return new DOMRect(
        x,
        y,
        Math.max(0, Math.min(a.right, b.right) - x),
        Math.max(0, Math.min(a.bottom, b.bottom) - y),
      );
    };
    /** How much of a box its surroundings let through; what is hidden and cannot be scrolled to is told. */
    const shownOf = (element: Element, box: DOMRect, text: string): { seen: DOMRect; fixed: boolean } => {
      let seen = box;
      for (let at: Element | null = element; at !== null && at !== document.body; at = at.parentElement) {
        const style = getComputedStyle(at);
        const isDrawing = at.localName === 'svg';
        if (style.position === 'fixed' || at.localName === 'dialog') return { seen, fixed: true };
        if ((at as Element) === element && !isDrawing && style.display === 'inline') continue;
        const [x, y] = [style.overflowX, style.overflowY];
        if (x === 'visible' && y === 'visible' && !isDrawing) continue;
        const frame = at.getBoundingClientRect();
        const hides = (overflow: string): boolean => overflow === 'hidden' || overflow === 'clip';
        const over = Math.max(seen.right - frame.right, frame.left - seen.left);
        const under = Math.max(seen.bottom - frame.bottom, frame.top - seen.top);
        if (seen.width > 0 && seen.height > 0) {
          if (hides(x) && over > 1.5 && style.textOverflow !== 'ellipsis')
            found.push(`cut off at the side by ${name(at)}: "${text}"`);
          if (hides(y) && under > 3 && seen.top < frame.bottom && seen.bottom > frame.top)
            found.push(`cut off above or below by ${name(at)}: "${text}"`);
        }
        seen = common(seen, frame);
        if (seen.width === 0 || seen.height === 0) break;
      }
      return { seen, fixed: false };
    };
    const words: Word[] = [];
    const add = (element: Element, text: string, rect: DOMRect): void => {
      // A line has room above and below its letters.
      const box = new DOMRect(rect.x, rect.y + rect.height * 0.18, rect.width, rect.height * 0.64);
      const { seen, fixed } = shownOf(element, box, text);
      if (seen.width > 1 && seen.height > 1) words.push({ element, text, box, seen, fixed });
    };
    const visible = (element: Element): boolean =>
      element.checkVisibility({
        opacityProperty: true,
        visibilityProperty: true,
        contentVisibilityAuto: true,
      });
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    const open = document.querySelector('dialog[open]');
    for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) {
      const element = node.parentElement!;
      const text = node.textContent!.trim();
      if (
        text === '' ||
        !visible(element) ||
        element.closest('title, option, script, style, noscript') !== null
      )
        continue;
      if (open !== null && !open.contains(element)) continue;
      const range = document.createRange();
      range.selectNodeContents(node);
      if (element instanceof SVGElement) add(element, text, element.getBoundingClientRect());
      else for (const rect of range.getClientRects()) if (rect.width > 1) add(element, text, rect);
    }
    const touches = (a: DOMRect, b: DOMRect): boolean => {
      const both = common(a, b);
      return both.width > 1.5 && both.height > 1.5;
    };
    words.forEach((a, i) => {
      if (a.seen.right > innerWidth + 1.5 || a.seen.left < -1.5) found.push(`beyond the window: "${a.text}"`);
      for (const b of words.slice(i + 1)) {
        if (a.fixed !== b.fixed || !touches(a.seen, b.seen)) continue;
        if (a.element === b.element && !(a.element instanceof SVGElement)) continue;
        found.push(`"${a.text}" (${name(a.element)}) and "${b.text}" (${name(b.element)}) cover each other`);
      }
    });
    // Labels of what moves keep off servers and clients.
    const bodies = [...document.querySelectorAll('#cluster .server .body, #cluster .client rect')].filter(
      visible,
    );
    for (const { element, text, seen } of words) {
      if (element.closest('#cluster .messages, #cluster .troubles') === null) continue;
      if (bodies.some((body) => touches(seen, body.getBoundingClientRect())))
        found.push(`"${text}" covers a server or client`);
    }
    return [...new Set(found)];
  });
}
