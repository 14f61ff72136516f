import { createServer, type AddressInfo } from 'node:net';
import { expect, test } from 'vitest';
import { assertPortFree, listen, listenHost } from './listen.js';

test('the loopback is the default, and * is every address', () => {
  expect([undefined, 'localhost', '*', '', '::1', '10.0.0.1'].map(listenHost)).toEqual([
    '127.0.0.1',
    '127.0.0.1',
    '0.0.0.0',
    '0.0.0.0',
    '::1',
    '10.0.0.1',
  ]);
});

test('a port in use is a sentence; once it is free again, it is free', async () => {
  const server = createServer();
  await listen(server, 0, '127.0.0.1');
  const { port } = server.address() as AddressInfo;
  await expect(assertPortFree(port, '127.0.0.1')).rejects.toMatchObject({
    name: 'StartProblem',
    message: `Cannot listen on port ${port} of 127.0.0.1: it is in use`,
    advice: ['Choose another with --port, or leave --port out to take the next free one'],
  });
  await new Promise((done) => server.close(done));
  await assertPortFree(port, '127.0.0.1');
});

test('an address of another machine is a sentence', async () => {
  await expect(assertPortFree(0, '192.0.2.1')).rejects.toThrow(
    'Cannot listen on port 0 of 192.0.2.1: this machine has no such address',
  );
});
