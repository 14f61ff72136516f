import { parentPort } from 'node:worker_threads';
import * as Comlink from 'comlink';
import nodeEndpoint from 'comlink/dist/umd/node-adapter.js';
import * as tasks from '../tasks.mjs';

const echo = (value) => (value instanceof ArrayBuffer ? Comlink.transfer(value, [value]) : value);

Comlink.expose({ ...tasks, echo }, nodeEndpoint(parentPort));
