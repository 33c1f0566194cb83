/** The worker: a session between messages, and recording whenever nobody asks for anything. */
import { fullCatalog } from '../../scenarios/full-catalog.ts';
import type { Reply, Request } from './messages.ts';
import { Session } from './session.ts';
import { STANDARD } from './standard.ts';

/** How often the page is told how far the recording is, ms. */
const REPORT_EVERY = 80;

const tell = (reply: Reply): void => self.postMessage(reply);
const session = new Session(fullCatalog, STANDARD, tell);

// Recording goes on between messages: a turn of the event loop each.
const { port1, port2 } = new MessageChannel();
let recording = false;
let reported = 0;
port1.onmessage = () => {
  recording = session.work();
  const now = performance.now();
  if (!recording || now - reported > REPORT_EVERY) {
    reported = now;
    session.report();
  }
  if (recording) port2.postMessage(0);
};

let queue = Promise.resolve();
self.onmessage = ({ data }: MessageEvent<Request>) => {
  // One after the other: some answers take a while to pack or unpack.
  queue = queue.then(async () => {
    await session.handle(data);
    tell({ kind: 'done', recording: !session.recorded });
    if (recording) return;
    recording = true;
    port2.postMessage(0);
  });
};
