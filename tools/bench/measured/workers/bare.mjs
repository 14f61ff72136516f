import { parentPort } from 'node:worker_threads';
import * as tasks from '../tasks.mjs';

if (parentPort) {
  parentPort.on('message', ([id, task, arg]) => {
    const value = tasks[task](arg);
    parentPort.postMessage([id, value], value instanceof ArrayBuffer ? [value] : undefined);
  });
} else {
  process.on('message', ([id, task, arg]) => process.send([id, tasks[task](arg)]));
}
