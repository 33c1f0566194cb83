import type { Socket } from 'node:net';

/** How long the other end may take to close too, ms. */
const LINGER = 5000;

/**
 * Closes a socket behind what was written to it. What still comes is thrown away: an unread byte would reset the connection,
 * and what was sent could be lost with it.
 */
export function closeBehind(socket: Socket): void {
  socket.removeAllListeners('data');
  socket.on('data', () => {});
  socket.resume();
  socket.end();
  const timer = setTimeout(() => socket.destroy(), LINGER);
  timer.unref();
  socket.once('close', () => clearTimeout(timer));
}
