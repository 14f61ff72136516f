import type { Control } from './control.js';
import type { Turn } from './turn.js';

/** Plain shared memory: 32-bit integers that are read and written without `Atomics`, by index. */
export interface Cells {
  readonly length: number;
  [index: number]: number;
}

/** The cells as a thread sees them: each access is checked first. */
export function watchedCells(control: Control, turn: Turn): Cells {
  const { cells, words } = control;
  const { me, races, scheduler } = turn;
  return new Proxy<Cells>(cells, {
    get(_, key) {
      if (key === 'length') return cells.length;
      const index = indexOf(key, cells.length);
      turn.checkRuns();
      if (races.reads(me, index)) turn.raced();
      scheduler.key.learns(me, cells[index] as number);
      return cells[index];
    },
    set(_, key, value: number) {
      const index = indexOf(key, cells.length);
      turn.checkRuns();
      if (races.writes(me, index)) turn.raced();
      const before = cells[index] as number;
      cells[index] = value;
      scheduler.key.changes(words.length + index, before, cells[index]);
      return true;
    },
  });
}

function indexOf(key: string | symbol, length: number): number {
  const index = typeof key === 'string' ? Number(key) : NaN;
  if (Number.isInteger(index) && index >= 0 && index < length) return index;
  throw new RangeError(`Cannot reach cell ${String(key)}: there are ${length}, from 0, and nothing else`);
}
