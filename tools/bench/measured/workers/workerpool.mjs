import workerpool from 'workerpool';
import * as tasks from '../tasks.mjs';

const echo = (value) => (value instanceof ArrayBuffer ? new workerpool.Transfer(value, [value]) : value);

workerpool.worker({ ...tasks, echo });
