// Loaded with `node --require` in front of unmodified tslab. It makes tslab a kernel that keeps the Jupyter protocol:
// nothing that a cell prints is lost, a failure is an `error` message, what was queued behind a failure is aborted,
// and an interrupt ends whatever the cell is doing. Without it the same notebooks still run on plain tslab.
//
//   zeromq        -> src/sockets.cjs    one send at a time per socket, no reading while it is bound
//   tslab/jupyter -> src/server.cjs     requests, replies, statuses, abort
//   tslab/executor-> src/executor.cjs   exceptions and type errors as values, not as text on stderr
//                    src/output.cjs     merges output, keeps its order, gives it to the cell that caused it
//                    src/origin.cjs     which cell the running code belongs to
//                    src/failure.cjs    an exception as name, message and a stack without kernel frames
//                    src/interrupt.cjs  SIGINT also while the event loop is blocked
'use strict';

const Module = require('node:module');
const path = require('node:path');
const { isMainThread } = require('node:worker_threads');

/** True only in the kernel itself: worker threads and forked children inherit `--require`, and must stay plain. */
function isKernel() {
  const [, script = '', command] = process.argv;
  return isMainThread && command === 'kernel' && /[\\/]tslab(?:[\\/]bin[\\/]tslab)?$/.test(script);
}

/** Children of a cell start without this preload. */
function leaveNoTrace() {
  const { execArgv } = process;
  for (let at = 0; at < execArgv.length; at++) {
    const [, flag, joined] = /^(--require|-r)(?:=(.*))?$/.exec(execArgv[at]) ?? [];
    if (!flag || path.resolve(joined ?? execArgv[at + 1] ?? '') !== __filename) continue;
    execArgv.splice(at, joined === undefined ? 2 : 1);
    return;
  }
}

/** A runner gives its kernel a pipe; when that ends the runner is gone, and the kernel goes too. */
function endWithParent() {
  const fd = Number(process.env.INTERLEAVE_KERNEL_PARENT);
  delete process.env.INTERLEAVE_KERNEL_PARENT;
  if (!Number.isInteger(fd) || fd < 3) return;
  const { Socket } = require('node:net');
  const parent = new Socket({ fd });
  parent.on('error', () => process.exit(1));
  parent.on('close', () => process.exit(1));
  parent.resume().unref();
}

/** Calls `patch(exports)` once for the named module of tslab, or for zeromq, at the moment tslab loads it. */
function whenTslabLoads(patches) {
  const load = Module._load;
  const done = new Set();
  Module._load = function (request, parent, isMain) {
    const loaded = load.call(this, request, parent, isMain);
    const patch = patches[request];
    if (patch && !done.has(loaded) && /[\\/]tslab[\\/]dist[\\/][^\\/]+$/.test(parent?.filename ?? '')) {
      done.add(loaded);
      patch(loaded, parent.filename);
    }
    return loaded;
  };
}

if (isKernel()) {
  leaveNoTrace();
  // A task runner may ask for colours; in a saved output they would be escape codes.
  delete process.env.FORCE_COLOR;
  endWithParent();
  const { Kernel } = require('./src/server.cjs');
  const kernel = new Kernel();
  whenTslabLoads({
    zeromq: (zmq) => require('./src/sockets.cjs').mendSockets(zmq),
    './executor': (executor) => kernel.patchExecutor(executor),
    './jupyter': (jupyter) => kernel.patchServer(jupyter),
  });
}
