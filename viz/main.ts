/**
 * The lab's page. `model/` runs in a worker and knows no page; `page/` holds the page's state and what it does by itself;
 * `views/` draw; `wiring/` ties a view to the state, one file each.
 */

import type { Reply } from './model/messages.ts';
import { part } from './page/elements.ts';
import { onKey } from './page/keys.ts';
import { Lab } from './page/lab.ts';
import { Player } from './page/player.ts';
import { Simulator } from './page/simulator.ts';
import { nextTheme, restoreTheme } from './page/theme.ts';
import { wireAddress } from './wiring/address.ts';
import { wireEventLog } from './wiring/event-log.ts';
import { wireHeader } from './wiring/header.ts';
import { wirePanels } from './wiring/panels.ts';
import { wirePicture } from './wiring/picture.ts';
import { wireSharing } from './wiring/sharing.ts';
import { wireTimeline } from './wiring/timeline.ts';

/** JSON of the worker's first replies where no link is given, put in by the build: the worker will say the same again. */
declare const FIRST_REPLIES: string;

restoreTheme();
const simulator = new Simulator(
  () => new Worker(new URL('./model/worker.ts', import.meta.url), { type: 'module' }),
  {
    reply: (reply) => lab.receive(reply),
    restarted: (why) => lab.restart(why),
    given: (why) => lab.stop(why),
  },
);
const lab: Lab = new Lab((request) => simulator.send(request));
setInterval(() => simulator.tick(), 1000);
const linked = location.hash.length > 1;
const served = !linked && location.search === '?run';
// The worker starts on it while the page is being put together.
if (!served) lab.ask({ kind: 'link', fragment: location.hash.slice(1) });

const sharing = wireSharing(lab);
if (served) void sharing.openServed();
const actions = { share: sharing.share, keys: sharing.keys, theme: nextTheme };
wireHeader(lab, actions);
const resized = [wirePicture(lab), wireTimeline(lab), wireEventLog(lab)];
wirePanels(lab);
wireAddress(lab, sharing.open);
addEventListener('keydown', (event) => {
  if (onKey(lab, event, actions)) event.preventDefault();
});

if (!linked && !served) for (const reply of JSON.parse(FIRST_REPLIES) as Reply[]) lab.receive(reply);

const observer = new ResizeObserver(() => {
  for (const draw of resized) draw();
});
for (const id of ['picture', 'track', 'log']) observer.observe(part(id));

const player = new Player(lab);
let last = performance.now();
const onFrame = (now: number): void => {
  player.tick((now - last) / 1000);
  last = now;
  requestAnimationFrame(onFrame);
};
requestAnimationFrame(onFrame);
