import type { FailureData } from './failure.js';
import type { TraceStep } from './trace.js';

/** What a step did, in words a reader can follow: `add(lock, -1) = 1`. */
export function stepText(step: TraceStep, { words, threads }: Pick<FailureData, 'words' | 'threads'>): string {
  const { operation, args, before } = step;
  const [first = 0, second = 0] = args;
  const word = step.word === undefined ? '' : (words[step.word] ?? '');
  switch (operation) {
    case 'goesOn':
      return 'wakes up and ends';
    case 'load':
      return `load(${word}) = ${before}`;
    case 'store':
      return `store(${word}, ${first})`;
    case 'add':
    case 'exchange':
      return `${operation}(${word}, ${first}) = ${before}`;
    case 'compareExchange':
      return `compareExchange(${word}, ${first}, ${second}) = ${before}`;
    case 'look':
      return `wait(${word}, ${first}): ${before === (first | 0) ? 'no time left' : `it is ${before}`}`;
    case 'wait':
      return `wait(${word}, ${first}): sleeps${second === FOR_EVER ? '' : `, at most ${second} ms`}`;
    case 'notify':
      return `notify(${word}${first === FOR_EVER ? '' : `, ${first}`}): wakes ${second === 0 ? 'nobody' : second}`;
    case 'now':
      return `now() = ${before}`;
    case 'isAlive':
      return `isAlive(${threads[first] ?? `nobody`}) = ${second === 1}`;
    case 'timeout':
      return `wait(${word}): time runs out at ${step.after} ms`;
    case 'resumes':
      return 'goes on with what was woken first';
    case 'passes':
      return 'lets the next task pass';
    case 'kill':
      return 'is killed here';
  }
}

const FOR_EVER = 2 ** 31 - 1;
