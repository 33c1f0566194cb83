/** Serves a folder of files over HTTP on this machine alone. */
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { extname, join } from 'node:path';

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.svg': 'image/svg+xml',
};

/** The page needs nothing from anywhere else, and gets nothing. Colours and places are attributes of elements. */
const POLICY =
  "default-src 'self'; script-src 'self'; worker-src 'self'; connect-src 'self'; " +
  "style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

interface Site {
  readonly server: Server;
  /** Port it listens at. */
  readonly port: number;
}

/** Files of the folder by the path they are served at. */
function filesOf(folder: string): Map<string, { readonly content: Buffer; readonly type: string }> {
  const files = new Map<string, { content: Buffer; type: string }>();
  for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
    const path = join(folder, name);
    const type = TYPES[extname(name)];
    if (type === undefined || !statSync(path).isFile()) continue;
    files.set(`/${name.replaceAll('\\', '/')}`, { content: readFileSync(path), type });
  }
  return files;
}

/** Whether the folder holds a site. */
export function isSite(folder: string): boolean {
  return existsSync(join(folder, 'index.html'));
}

/**
 * Serves the folder at the loopback address; port 0: any that is free. `run` is the text of a run file that the page opens
 * first; null: none.
 * @throws NodeJS.ErrnoException where the port cannot be had
 */
export function serve(folder: string, port: number, run: string | null): Promise<Site> {
  const files = filesOf(folder);
  if (run !== null) files.set('/run.json', { content: Buffer.from(run), type: TYPES['.json']! });
  const server = createServer((request, response) => {
    const path = (request.url ?? '/').split(/[?#]/)[0]!;
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      response.writeHead(405, { allow: 'GET, HEAD' }).end();
      return;
    }
    if (request.url === '/' && run !== null) {
      response.writeHead(302, { location: '/?run', 'cache-control': 'no-store' }).end();
      return;
    }
    const file = files.get(path === '/' ? '/index.html' : path);
    if (file === undefined) {
      response
        .writeHead(404, { 'content-type': 'text/plain; charset=utf-8' })
        .end('There is no such file.\n');
      return;
    }
    response.writeHead(200, {
      'content-type': file.type,
      'content-length': file.content.length,
      'content-security-policy': POLICY,
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      // Names of scripts and styles change with what is in them.
      'cache-control': path.startsWith('/assets/') ? 'max-age=31536000, immutable' : 'no-cache',
    });
    response.end(request.method === 'HEAD' ? undefined : file.content);
  });
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => {
      const address = server.address();
      resolve({ server, port: typeof address === 'object' && address !== null ? address.port : port });
    });
  });
}
