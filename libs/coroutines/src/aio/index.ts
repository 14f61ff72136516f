export { sleep, type SleepOptions } from '../sleep.js';
