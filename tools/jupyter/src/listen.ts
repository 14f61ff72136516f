import { createServer, type Server } from 'node:net';
import { StartProblem } from './start-problem.js';

/** The address that `--ip` means: the loopback by default, every address for `*`, as Jupyter reads it. */
export function listenHost(ip: string | undefined): string {
  if (ip === undefined || ip === 'localhost') return '127.0.0.1';
  return ip === '*' || ip === '' ? '0.0.0.0' : ip;
}

/**
 * Makes a server listen.
 *
 * @throws {StartProblem} if something else listens there, or the port needs more rights; `cause` is Node's error
 */
export async function listen(server: Server, port: number, host: string): Promise<void> {
  const error = await new Promise<NodeJS.ErrnoException | undefined>((done) => {
    server.once('error', done);
    server.listen({ port, host, exclusive: true }, () => {
      server.off('error', done);
      done(undefined);
    });
  });
  if (error === undefined) return;
  const why: Readonly<Record<string, string>> = {
    EADDRINUSE: 'it is in use',
    EACCES: 'permission denied',
    EADDRNOTAVAIL: 'this machine has no such address',
    ENOTFOUND: 'this machine has no such address',
  };
  throw new StartProblem(`Cannot listen on port ${port} of ${host}: ${why[error.code ?? ''] ?? error.message}`, {
    advice: ['Choose another with --port, or leave --port out to take the next free one'],
    cause: error,
  });
}

/**
 * Refuses a port that is taken, before anything is installed or run. JupyterLab itself says it in a long log, and goes
 * to another port unasked.
 *
 * @throws {StartProblem} as {@link listen}
 */
export async function assertPortFree(port: number, host: string): Promise<void> {
  const server = createServer();
  await listen(server, port, host);
  await new Promise((done) => server.close(done));
}
