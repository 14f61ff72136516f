const { parentPort } = require('node:worker_threads');

const tasks = {
  noop: (value) => value,
  echo: (value) => value,
  burn: (microseconds) => {
    const end = performance.now() + microseconds / 1000;
    while (performance.now() < end);
    return 0;
  },
};

parentPort.on('message', ([task, arg]) => parentPort.postMessage(tasks[task](arg)));
