// tslab's server, with the parts replaced that a client depends on: one request at a time, `busy` when a cell starts and
// `idle` when everything it printed is out, `error` messages, and `aborted` for what was queued behind a failure.
'use strict';

const { Executor } = require('./executor.cjs');
const { Origin } = require('./origin.cjs');
const { Output, createWrite } = require('./output.cjs');
const { whenSent } = require('./sockets.cjs');

const DELIMITER = Buffer.from('<IDS|MSG>');
const { setImmediate } = globalThis;
const turn = () => new Promise((resolve) => setImmediate(resolve));

class Kernel {
  #server;
  #Message;
  #publishStatus;
  #queue = [];
  #running = false;
  #output = new Output((cell, type, content) => this.#send(this.#server.iopub, cell.message, type, content));
  #origin = new Origin();
  #executor = new Executor(this.#origin, (cell, failure) => this.#output.publish(cell, 'error', failure));

  patchExecutor(module) {
    this.#executor.patch(module);
  }

  patchServer({ ZmqServer, JupyterHandlerImpl }) {
    const kernel = this;
    const { handleShellMessage, publishStatus, bindSocket, init, handleShutdown } = ZmqServer.prototype;
    const { handleKernel } = JupyterHandlerImpl.prototype;
    this.#publishStatus = publishStatus;

    ZmqServer.prototype.init = async function () {
      kernel.#server = this;
      // tslab's own listeners stand by now, and print text where a client needs a message.
      kernel.#executor.listen();
      try {
        await init.call(this);
      } catch (error) {
        // Nobody can be told over a socket that cannot be opened.
        process.stderr.write(`Cannot listen: ${error?.stack ?? error}\n`, () => process.exit(1));
      }
    };
    ZmqServer.prototype.bindSocket = function (socket, port) {
      // Zero is no limit: a slow client must not make the kernel drop what it says.
      if ('sendHighWaterMark' in socket) socket.sendHighWaterMark = 0;
      return bindSocket.call(this, socket, port);
    };
    ZmqServer.prototype.publishStatus = function (status, message) {
      kernel.#Message ??= message.constructor;
      // A cell is busy when it starts, not when it is queued.
      if (message.header.msg_type === 'execute_request') return;
      publishStatus.call(this, status, message);
    };
    ZmqServer.prototype.handleShellMessage = async function (socket, ...frames) {
      if (await kernel.#handle(socket, frames)) return;
      await kernel.#executor.whileChecking(() => handleShellMessage.call(this, socket, ...frames));
    };
    ZmqServer.prototype.handleExecute = function (socket, message) {
      return new Promise((resolve) => {
        kernel.#queue.push({ socket, message, resolve });
        void kernel.#work();
      });
    };
    ZmqServer.prototype.handleCommInfoRequest = function (socket, message) {
      kernel.#send(socket, message, 'comm_info_reply', { status: 'ok', comms: {} });
    };
    ZmqServer.prototype.handleShutdown = function (socket, message) {
      handleShutdown.call(this, socket, message);
      void kernel.#exit();
    };
    JupyterHandlerImpl.prototype.handleKernel = function () {
      const info = handleKernel.call(this);
      return { status: 'ok', ...info, banner: 'TypeScript (Interleave)', help_links: [] };
    };
    JupyterHandlerImpl.prototype.handleShutdown = (request) => ({ status: 'ok', restart: request?.restart === true });
    JupyterHandlerImpl.prototype.createWriteToIopub = (name) =>
      createWrite((text) => {
        const cell = kernel.#origin.current();
        if (cell) kernel.#output.write(cell, name, text);
      });
  }

  /** Answers what tslab does not know; true when it did. */
  async #handle(socket, frames) {
    const at = frames.findIndex((frame) => DELIMITER.equals(frame));
    const { msg_type: type } = JSON.parse(frames[at + 2].toString());
    const answers = {
      history_request: ['history_reply', { status: 'ok', history: [] }],
      interrupt_request: ['interrupt_reply', { status: 'ok' }],
      comm_open: [],
      comm_msg: [],
      comm_close: [],
      debug_request: [],
      interrupt_reply: [],
    };
    if (!Object.hasOwn(answers, type)) return false;
    if (!this.#Message) return true;
    const message = this.#Message.fromRaw(this.#server.connInfo.key, frames);
    const [reply, content] = answers[type];
    this.#publishStatus.call(this.#server, 'busy', message);
    if (type === 'interrupt_request') void this.#executor.interrupt();
    if (reply) this.#send(socket, message, reply, content);
    this.#publishStatus.call(this.#server, 'idle', message);
    return true;
  }

  /** Executes what is queued, one request after the other. */
  async #work() {
    if (this.#running) return;
    this.#running = true;
    for (let request = this.#queue.shift(); request; request = this.#queue.shift()) {
      const failed = await this.#execute(request);
      if (failed && request.message.content.stop_on_error !== false) await this.#abortQueued(request.socket);
      request.resolve();
    }
    this.#running = false;
  }

  /** Runs one cell; resolves to true when it failed. */
  async #execute({ socket, message }) {
    const { handler } = this.#server;
    const { code, silent } = message.content;
    const count = handler.execCount + 1;
    const cell = { message, source: code, failures: [], name: cellName(message, count) };
    cell.over = new Promise((resolve) => (cell.end = resolve));
    this.#status('busy', message);
    if (!silent) this.#output.publish(cell, 'execute_input', { code, execution_count: count });
    const display = (data, update) => {
      const owner = this.#origin.current() ?? cell;
      this.#output.publish(owner, update ? 'update_display_data' : 'display_data', data);
    };
    await this.#executor.run(cell, () => handler.handleExecuteImpl(message.content, undefined, display));
    const [failure] = cell.failures;
    for (const each of cell.failures) this.#output.publish(cell, 'error', each);
    this.#output.flush();
    cell.done = true;
    const base = { execution_count: handler.execCount };
    const reply = failure
      ? { status: 'error', ...base, ...failure }
      : { status: 'ok', ...base, payload: [], user_expressions: {} };
    // What was sent while the cell ran has to be read before anybody hears of the failure.
    if (failure) await this.#readArrived(socket);
    this.#send(socket, message, 'execute_reply', reply);
    this.#status('idle', message);
    cell.end();
    return failure !== undefined;
  }

  /** Lets the event loop read the requests that already wait in the socket. */
  async #readArrived(socket) {
    await turn();
    for (let turns = 0; socket.readable && turns < 1000; turns++) await turn();
    await turn();
  }

  /** The protocol's stop_on_error: whatever was queued behind the failure is not run. */
  async #abortQueued() {
    for (let request = this.#queue.shift(); request; request = this.#queue.shift()) {
      const { socket, message, resolve } = request;
      this.#status('busy', message);
      this.#send(socket, message, 'execute_reply', { status: 'aborted' });
      this.#status('idle', message);
      resolve();
    }
  }

  #status(state, message) {
    this.#publishStatus.call(this.#server, state, message);
  }

  #send(socket, parent, type, content) {
    const message = parent.createReply();
    message.header.msg_type = type;
    message.content = content;
    message.signAndSend(this.#server.connInfo.key, socket);
  }

  /** Ends the process although timers or workers of cells still live; their exit handlers run. */
  async #exit() {
    this.#output.flush();
    await turn();
    await whenSent();
    process.exit(0);
  }
}

/** What stacks call a cell: its id if the client tells it, otherwise its number. */
function cellName({ metadata }, count) {
  const id = metadata?.cellId;
  return typeof id === 'string' && /^[\w-]+$/.test(id) ? id : `cell-${count}`;
}

module.exports = { Kernel };
