/**
 * Variables that several captured functions share.
 *
 * Where nobody assigns it, each function may have its own copy of a variable. Where one of them does, they need one
 * variable: it becomes a cell, and every use of the name becomes a use of the cell.
 *
 * V8 does not say whether two closures see the same variable, only what they see. Two are taken as the same if they are
 * equally deep in the same script and all variables around them are the same values. That can be two different ones only
 * if the function around them ran twice and left equal values; where that is likely (the same function twice among
 * those that share) it is refused.
 */
import type { Entry, SlotEntry } from '../graph.js';
import type { FreeName, FunctionShape, Range, Reference } from './function-shape.js';
import type { GraphWriter } from './graph-writer.js';
import { readVariable, type ClosureScope, type FunctionLocation } from './inspector.js';

/** Where a captured variable was found. */
export interface VariableBinding {
  readonly scope: ClosureScope;
  readonly depth: number;
  readonly location: FunctionLocation;
  readonly fn: object;
}

/** One free name of one captured function, with its value. */
export interface CapturedVariable {
  readonly name: string;
  readonly use: FreeName;
  readonly value: Entry;
  readonly binding?: VariableBinding;
}

export class SharedVariables {
  /** Variables by script and name. */
  readonly #byName = new Map<string, CapturedVariable[]>();

  add(variable: CapturedVariable): void {
    if (variable.binding === undefined) return;
    const key = `${variable.binding.location.scriptId}:${variable.binding.depth}:${variable.name}`;
    const list = this.#byName.get(key);
    if (list) list.push(variable);
    else this.#byName.set(key, [variable]);
  }

  /** Makes a cell for each variable that has to be one; tells which variables are in which. */
  cells(writer: GraphWriter): ReadonlyMap<CapturedVariable, number> {
    const cells = new Map<CapturedVariable, number>();
    for (const list of this.#byName.values()) {
      if (list.length < 2 || !list.some(({ use }) => use.written)) continue;
      for (const group of sameVariables(list)) {
        if (group.length < 2 || !group.some(({ use }) => use.written)) continue;
        const [first] = group as [CapturedVariable];
        refuseAmbiguous(writer, group);
        const cell = writer.add({ t: 'cell', value: first.value });
        for (const variable of group) cells.set(variable, cell);
      }
    }
    return cells;
  }
}

function sameVariables(list: readonly CapturedVariable[]): CapturedVariable[][] {
  const groups: CapturedVariable[][] = [];
  for (const variable of list) {
    const group = groups.find(([first]) => first && sameScope(first.binding, variable.binding));
    if (group) group.push(variable);
    else groups.push([variable]);
  }
  return groups;
}

function sameScope(a: VariableBinding | undefined, b: VariableBinding | undefined): boolean {
  if (a === undefined || b === undefined || a.scope.kind !== b.scope.kind) return false;
  // Not `Object.keys`, which would look at variables in their dead zone.
  const names = Object.getOwnPropertyNames(a.scope.variables);
  const others = Object.getOwnPropertyNames(b.scope.variables);
  return (
    names.length === others.length &&
    names.every((name) => {
      const [one, other] = [readVariable(a.scope, name), readVariable(b.scope, name)];
      return one?.isInitialised === other?.isInitialised && Object.is(one?.value, other?.value);
    })
  );
}

/** Depth of the outermost scope of a script or module: global scope 1, script scope perhaps, then this one. */
const OUTERMOST = 3;

function refuseAmbiguous(writer: GraphWriter, group: readonly CapturedVariable[]): void {
  const places = new Map<string, object>();
  for (const { name, binding } of group) {
    if (binding === undefined || binding.depth <= OUTERMOST) continue;
    const place = `${binding.location.line}:${binding.location.column}`;
    const other = places.get(place);
    if (other !== undefined && other !== binding.fn) {
      throw writer.refuse(
        { step: `${writer.options.name}/${name}` },
        'is assigned by functions that may or may not share it; keep it in an object, or send them one by one',
      );
    }
    places.set(place, binding.fn);
  }
}

/** What a function's text becomes on the other side. */
export interface JoinedText {
  readonly text: string;
  readonly slots: readonly SlotEntry[];
  readonly meta?: string;
  readonly load?: string;
}

/** Puts text and variables together: replaces what cannot stand as it is, and lists the slots. */
export function joinText(
  shape: FunctionShape,
  variables: readonly CapturedVariable[],
  cells: ReadonlyMap<CapturedVariable, number>,
  options: { readonly superclass: Entry | undefined; readonly withoutName: boolean },
): JoinedText {
  const edits: { readonly range: Range; readonly text: string }[] = [];
  const slots: SlotEntry[] = [];
  const unused = nameMaker(shape.text);
  const replace = (references: readonly Reference[], name: string, by: string): void => {
    for (const { range, shorthand, called } of references) {
      edits.push({ range, text: shorthand ? `${name}: ${by}` : called ? `(0, ${by})` : by });
    }
  };
  for (const variable of variables) {
    const { name, use, value } = variable;
    const cell = cells.get(variable);
    if (cell === undefined) {
      slots.push([name, value, use.early]);
    } else {
      const slot = unused();
      slots.push([slot, cell, use.early]);
      replace(use.references, name, `${slot}.value`);
    }
  }
  const { classShape } = shape;
  if (options.withoutName && shape.self) edits.push({ range: shape.self.range, text: '' });
  if (classShape?.heritage && options.superclass !== undefined) {
    const slot = unused();
    slots.push([slot, options.superclass, true]);
    edits.push({ range: classShape.heritage, text: slot });
  }
  for (const range of classShape?.statics ?? []) {
    edits.push({ range, text: shape.text.startsWith('static', range[0]) ? ';' : 'undefined' });
  }
  const meta = shape.importMeta.length > 0 ? unused() : undefined;
  for (const range of shape.importMeta) edits.push({ range, text: meta as string });
  const load = shape.dynamicImport.length > 0 ? unused() : undefined;
  for (const range of shape.dynamicImport) edits.push({ range, text: load as string });
  return {
    text: applyEdits(shape, edits),
    slots,
    ...(meta === undefined ? {} : { meta }),
    ...(load === undefined ? {} : { load }),
  };
}

/** Names that do not occur in the text. */
function nameMaker(text: string): () => string {
  let n = 0;
  return () => {
    let name: string;
    do name = `$${n++}`;
    while (text.includes(name));
    return name;
  };
}

function applyEdits(shape: FunctionShape, edits: { readonly range: Range; readonly text: string }[]): string {
  const [before, [start, end], after] = shape.wrapper;
  let text = '';
  let from = start;
  for (const { range, text: replacement } of edits.sort((a, b) => a.range[0] - b.range[0])) {
    text += shape.text.slice(from, range[0]) + replacement;
    from = range[1];
  }
  return before + text + shape.text.slice(from, end) + after;
}
