export type { Participant, WaitAsyncOptions, WaitResult, Words, WordsHandle } from './words.js';
export { threadWords } from './thread-words.js';
export { processWords, type ProcessGround, type ProcessWordsOptions } from './process-words.js';
export { openWords, registerGround } from './open-words.js';
export { allowMainThreadBlocking, checkMayBlock } from './blocking.js';
export { Arrivals } from './arrivals.js';
export { findHome, openHome, sendHome, type Home, type HomeHandle, type SharedOptions } from './home.js';
export { Spin } from './spin.js';
export { SharedWords } from './shared-words.js';
