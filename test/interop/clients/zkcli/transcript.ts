// The same lines typed into two sessions of zkCli.sh of an ensemble, and what must not be compared taken out.
import type { Ensemble } from '../ensemble.ts';
import { type Answer, ZkCli } from './zk-cli.ts';

export interface Transcript {
  readonly answers: readonly Answer[];
  /** By session: its events, in the order in which they came. */
  readonly events: readonly (readonly string[])[];
  /** By session: how its process ended. */
  readonly exitCodes: readonly (number | null)[];
}

/** Types every line, each after the one before it has been answered. `@2 ls /` goes to the second session. */
export async function transcript(ensemble: Ensemble, lines: readonly string[]): Promise<Transcript> {
  const cli: ZkCli[] = [];
  try {
    // The same server for both: what one has written, the other reads.
    for (let i = 0; i < 2; i++) cli.push(await ZkCli.connect(ensemble.server(1).address));
    const answers: Answer[] = [];
    for (const line of lines) {
      const who = line.startsWith('@2 ') ? 1 : 0;
      answers.push(masked(await (cli[who] as ZkCli).run(line.replace(/^@\d /, '')), ensemble));
    }
    const exitCodes = await Promise.all(cli.map((one) => one.quit()));
    return { answers, events: cli.map((one) => one.events), exitCodes };
  } catch (error) {
    await Promise.all(cli.map((one) => one.quit()));
    throw error;
  }
}

/**
 * Times, zxids and session ids are each ensemble's own, and so are ports. Two answers have no order: ephemerals, which
 * Apache keeps in a hash set, and whoami's ids. Everything else is compared.
 */
function masked(answer: Answer, ensemble: Ensemble): Answer {
  const lines = answer.lines.map((line) => maskedLine(line, ensemble));
  if (answer.command.startsWith('getEphemerals'))
    return {
      ...answer,
      lines: lines.map((line) =>
        line.replace(/^\[(.*)\]$/, (_, list: string) => `[${list.split(', ').sort()}]`),
      ),
    };
  return answer.command === 'whoami' ? { ...answer, lines: lines.sort() } : { ...answer, lines };
}

function maskedLine(text: string, ensemble: Ensemble): string {
  let line = text
    .replace(/^([cm]time) = .*(?<!1970)$/, '$1 = …')
    .replace(/^([cmp]Zxid|ephemeralOwner) = 0x(?!0$)[0-9a-f]+$/, '$1 = …')
    .replace(/^(server\.\d=)\S+:\d+:\d+/, '$1…');
  for (const { clientPort, id } of ensemble.servers)
    line = line.replaceAll(String(clientPort), `<port ${id}>`);
  return line;
}
