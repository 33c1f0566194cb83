import { connect } from 'node:net';

/** What a server at a port of 127.0.0.1 answers to a four-letter word; '' where nobody answers within the time (ms). */
export function ask(port: number, word: string, patience = 2000): Promise<string> {
  return new Promise((resolve) => {
    let answer = '';
    const socket = connect(port, '127.0.0.1', () => socket.write(word));
    socket.setTimeout(patience, () => socket.destroy());
    socket.on('data', (bytes) => {
      answer += bytes.toString('latin1');
    });
    socket.on('error', () => socket.destroy());
    socket.on('close', () => resolve(answer));
  });
}
