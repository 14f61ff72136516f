/**
 * Where a kernel and this process meet: a connection file that only its owner can read, and three sockets.
 *
 * On Unix the sockets are files in the same private folder, so no port can be taken by somebody else, and nobody else on
 * the machine can connect. Elsewhere they are loopback ports.
 */
import { randomBytes, randomUUID } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Dealer, Subscriber } from 'zeromq';
import { createRequest, decode, encode } from './wire.js';
import type { Message } from './wire.js';

interface ConnectionInfo {
  readonly transport: 'ipc' | 'tcp';
  readonly ip: string;
  readonly shell_port: number;
  readonly iopub_port: number;
  readonly stdin_port: number;
  readonly control_port: number;
  readonly hb_port: number;
  readonly key: string;
  readonly signature_scheme: 'hmac-sha256';
  readonly kernel_name: string;
}

/** Where a message came from: a reply to a request, or news that the kernel tells everybody. */
export type Channel = 'shell' | 'control' | 'iopub';

export class Connection {
  /** The connection file, for the kernel's command line. */
  readonly file: string;
  readonly #folder: string;
  readonly #info: ConnectionInfo;
  readonly #session = randomUUID();
  readonly #shell = new Dealer({ linger: 0, sendTimeout: 5_000, reconnectInterval: 10 });
  readonly #control = new Dealer({ linger: 0, sendTimeout: 5_000, reconnectInterval: 10 });
  readonly #iopub = new Subscriber({ linger: 0, receiveHighWaterMark: 0, reconnectInterval: 10 });
  readonly #readers: Promise<void>[] = [];
  #sending: Promise<void> = Promise.resolve();
  #closed = false;

  private constructor(folder: string, info: ConnectionInfo) {
    this.#folder = folder;
    this.#info = info;
    this.file = join(folder, 'connection.json');
  }

  /**
   * Chooses the addresses and writes the connection file.
   *
   * @returns a connection that nobody listens on yet; `close()` it to remove its files
   */
  static async create(): Promise<Connection> {
    const folder = await mkdtemp(join(tmpdir(), 'notebook-'));
    const ipc = process.platform !== 'win32';
    const [shell_port, iopub_port, stdin_port, control_port, hb_port] = ipc ? [1, 2, 3, 4, 5] : await freePorts();
    const info: ConnectionInfo = {
      transport: ipc ? 'ipc' : 'tcp',
      ip: ipc ? join(folder, 'k') : '127.0.0.1',
      shell_port,
      iopub_port,
      stdin_port,
      control_port,
      hb_port,
      key: randomBytes(32).toString('hex'),
      signature_scheme: 'hmac-sha256',
      kernel_name: 'tslab',
    };
    const connection = new Connection(folder, info);
    await writeFile(connection.file, JSON.stringify(info), { mode: 0o600 });
    return connection;
  }

  /** Starts to listen; every message from now on goes to `receive`. */
  open(receive: (channel: Channel, message: Message) => void): void {
    const { transport, ip, shell_port, control_port, iopub_port } = this.#info;
    this.#shell.connect(`${transport}://${ip}:${shell_port}`);
    this.#control.connect(`${transport}://${ip}:${control_port}`);
    this.#iopub.connect(`${transport}://${ip}:${iopub_port}`);
    this.#iopub.subscribe();
    for (const [channel, socket] of [
      ['shell', this.#shell],
      ['control', this.#control],
      ['iopub', this.#iopub],
    ] as const) {
      this.#readers.push(this.#read(channel, socket, receive));
    }
  }

  /** Sends a request and returns its id; the reply arrives at `receive`. */
  request(
    channel: 'shell' | 'control',
    type: string,
    content: Readonly<Record<string, unknown>> = {},
    metadata: Readonly<Record<string, unknown>> = {},
  ): string {
    const message = createRequest(this.#session, type, content, metadata);
    const socket = channel === 'shell' ? this.#shell : this.#control;
    const frames = encode(this.#info.key, message);
    // zeromq takes one send at a time. A send that fails means that the kernel is gone, which its process tells better.
    this.#sending = this.#sending.then(() => (this.#closed ? undefined : socket.send(frames))).catch(() => undefined);
    return message.header.msg_id;
  }

  /** Closes the sockets and removes the files. */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    for (const socket of [this.#shell, this.#control, this.#iopub]) socket.close();
    await Promise.all(this.#readers);
    await rm(this.#folder, { recursive: true, force: true });
  }

  async #read(
    channel: Channel,
    socket: Dealer | Subscriber,
    receive: (channel: Channel, message: Message) => void,
  ): Promise<void> {
    try {
      for await (const frames of socket) receive(channel, decode(this.#info.key, frames));
    } catch (error) {
      if (!this.#closed) throw error;
    }
  }
}

async function freePorts(): Promise<[number, number, number, number, number]> {
  const servers = Array.from({ length: 5 }, () => createServer());
  const ports = await Promise.all(
    servers.map(
      (server) =>
        new Promise<number>((resolve, reject) => {
          server.once('error', reject);
          server.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port));
        }),
    ),
  );
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports as [number, number, number, number, number];
}
