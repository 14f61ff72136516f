/**
 * What V8 knows about a function: its closed-over variables, its script, and what `bind` hides.
 *
 * One session per thread, opened by the first capture and idle between captures, which costs nothing. All requests are
 * answered synchronously within the process; nothing listens on a port. `Debugger.enable` is on only for an instant, in
 * {@link scriptSource}: left on it makes every `await` eight to ten times slower.
 *
 * Values do not pass through the protocol: an object of ours is made known to the inspector once, and its functions
 * then put the real values into it.
 */
import type { Session } from 'node:inspector';
import { setImmediate } from 'node:timers';
import { types } from 'node:util';
import { TurnTable } from '../turn.js';

/** One scope that a function sees, innermost first. */
export interface ClosureScope {
  /** V8's word for it: `Closure (name)`, `Block`, `Module`, `Script`, `Global`. */
  readonly kind: string;
  /** The variables, a snapshot of this moment; read them with {@link readVariable}. Optimised ones are absent. */
  readonly variables: Readonly<Record<string, unknown>>;
}

/** A variable of the scope; undefined if the scope has none of the name. */
export function readVariable(
  { variables }: ClosureScope,
  name: string,
): { readonly value: unknown; readonly isInitialised: boolean } | undefined {
  try {
    if (!Object.hasOwn(variables, name)) return undefined;
    return { value: variables[name], isInitialised: true };
  } catch {
    // Recent versions of V8 throw for a variable in its dead zone.
    return { value: undefined, isInitialised: false };
  }
}

/** Where a function's text begins: lines and columns from 0. */
export interface FunctionLocation {
  readonly scriptId: string;
  readonly line: number;
  readonly column: number;
}

/** What is known about one function. */
export interface FunctionFacts {
  readonly scopes: readonly ClosureScope[];
  readonly location?: FunctionLocation;
  /** For what `Function.prototype.bind` made. */
  readonly bound?: { readonly target: unknown; readonly self: unknown; readonly args: readonly unknown[] };
}

interface RemoteObject {
  readonly objectId?: string;
  readonly value?: unknown;
}

interface InternalProperty {
  readonly name: string;
  readonly value?: RemoteObject;
}

interface Box {
  subject?: unknown;
  result?: unknown;
}

interface Opened {
  readonly session: Session;
  readonly box: Box;
  readonly boxId: string;
  /** Facts asked for since the inspector's handles were last released. */
  asked: number;
}

/** Every handle keeps its object alive, so they are released at the end of the turn, or when there are many. */
const RELEASE_EVERY = 64;
const GROUP = 'interleave-capture';

let opened: Opened | undefined;
const urls = new Map<string, string>();
const sources = new Map<string, string>();

/** Whether this Node has an inspector, and may use it. */
export function hasInspector(): boolean {
  try {
    open();
    return true;
  } catch {
    return false;
  }
}

/** What was seen in this turn of the event loop: captured variables are read once a turn. */
const seen = new TurnTable<object, FunctionFacts>();

/** Looks into a function, once a turn. The function is not called. */
export function functionFacts(fn: (...args: never[]) => unknown): FunctionFacts {
  let facts = seen.get(fn);
  if (facts === undefined) {
    facts = lookInto(fn);
    seen.set(fn, facts);
  }
  return facts;
}

function lookInto(fn: (...args: never[]) => unknown): FunctionFacts {
  const { box } = open();
  box.subject = fn;
  const { result } = call('function () { return this.subject }', [], GROUP);
  box.subject = undefined;
  const { internalProperties = [] } = post<{ internalProperties?: InternalProperty[] }>('Runtime.getProperties', {
    objectId: result.objectId,
    ownProperties: true,
  });
  let scopes: ClosureScope[] = [];
  let location: FunctionLocation | undefined;
  let target: unknown;
  let self: unknown;
  let args: unknown[] | undefined;
  for (const { name, value } of internalProperties) {
    if (value === undefined) continue;
    if (name === '[[Scopes]]') scopes = readScopes(fetchValue(value));
    else if (name === '[[FunctionLocation]]') location = readLocation(value.value);
    else if (name === '[[TargetFunction]]') target = fetchValue(value);
    else if (name === '[[BoundThis]]') self = fetchValue(value);
    else if (name === '[[BoundArgs]]') args = Array.from(fetchValue(value) as ArrayLike<unknown>);
  }
  release();
  return {
    scopes,
    ...(location ? { location } : {}),
    ...(target !== undefined ? { bound: { target, self, args: args ?? [] } } : {}),
  };
}

/**
 * The address of a script: a `file:` URL or a path, or '' if it has none.
 *
 * Asked from the coverage that V8 keeps anyway, because that takes 2 ms where the debugger takes 20 to 200 the first time
 * (it hashes every script there is).
 */
export function scriptUrl(scriptId: string): string {
  const known = urls.get(scriptId);
  if (known !== undefined) return known;
  const { result } = post<{ result: { scriptId: string; url: string }[] }>('Profiler.getBestEffortCoverage');
  for (const script of result) urls.set(script.scriptId, script.url);
  if (!urls.has(scriptId)) withDebugger(() => undefined);
  const url = urls.get(scriptId) ?? '';
  urls.set(scriptId, url);
  return url;
}

/** Whether the function is for certain written in an ES module, which nothing inside of Node is. */
export function isOfModule(fn: (...args: never[]) => unknown): boolean {
  if (types.isProxy(fn)) return false;
  try {
    return functionFacts(fn).scopes.some(({ kind }) => kind.startsWith('Module'));
  } catch {
    return false; // no inspector here
  }
}

/** Whether the function is from inside of Node, and not from a program. */
export function isNodeInternal(fn: (...args: never[]) => unknown): boolean {
  const { location } = functionFacts(fn);
  return location !== undefined && scriptUrl(location.scriptId).startsWith('node:');
}

/** The text of a script as V8 got it, after any transformation; '' if it is gone. */
export function scriptSource(scriptId: string): string {
  let source = sources.get(scriptId);
  if (source === undefined) {
    source = withDebugger(() => {
      try {
        return post<{ scriptSource: string }>('Debugger.getScriptSource', { scriptId }).scriptSource;
      } catch {
        return '';
      }
    });
    sources.set(scriptId, source);
  }
  return source;
}

/** Forgets a source text that has been read. */
export function forgetSource(scriptId: string): void {
  sources.delete(scriptId);
}

/** Runs `body` with the debugger on, which also tells the addresses of all scripts. */
function withDebugger<T>(body: () => T): T {
  const { session } = open();
  const note = ({ params }: { params: { scriptId: string; url: string } }): void => {
    urls.set(params.scriptId, params.url);
  };
  session.on('Debugger.scriptParsed', note);
  try {
    post('Debugger.enable');
    return body();
  } finally {
    post('Debugger.disable');
    session.off('Debugger.scriptParsed', note);
  }
}

function open(): Opened {
  if (opened !== undefined) return opened;
  const { Session } = process.getBuiltinModule('node:inspector');
  const session = new Session();
  session.connect();
  const box: Box = {};
  const key = `interleave-${Math.random().toString(36).slice(2)}`;
  // The inspector sees the main context, which is not ours where a test runner gives each file its own.
  const main = process.getBuiltinModule('node:vm').runInThisContext('globalThis') as Record<string, unknown>;
  Object.defineProperty(main, key, { value: box, configurable: true });
  try {
    const { result } = send<{ result: RemoteObject }>(session, 'Runtime.evaluate', {
      expression: `globalThis[${JSON.stringify(key)}]`,
      objectGroup: 'interleave-box',
    });
    opened = { session, box, boxId: result.objectId ?? '', asked: 0 };
  } finally {
    delete main[key];
  }
  return opened;
}

function post<T = unknown>(method: string, params?: object): T {
  return send<T>(open().session, method, params);
}

function send<T>(session: Session, method: string, params?: object): T {
  let answer: { error: Error | null; result?: T } | undefined;
  session.post(method, params, (error: Error | null, result?: object) => {
    answer = { error, result: result as T };
  });
  if (answer === undefined) throw new Error(`the inspector did not answer ${method} at once`);
  if (answer.error) throw new Error(`the inspector refused ${method}: ${answer.error.message}`);
  return answer.result as T;
}

function call(functionDeclaration: string, args: readonly object[], objectGroup: string): { result: RemoteObject } {
  return post('Runtime.callFunctionOn', {
    objectId: open().boxId,
    functionDeclaration,
    arguments: args,
    objectGroup,
    silent: true,
  });
}

/** The real value behind a handle of the inspector. */
function fetchValue(remote: RemoteObject): unknown {
  if (remote.objectId === undefined) return remote.value;
  const { box } = open();
  call('function (value) { this.result = value }', [{ objectId: remote.objectId }], GROUP);
  const value = box.result;
  box.result = undefined;
  return value;
}

function readScopes(list: unknown): ClosureScope[] {
  const entries = Array.from(list as ArrayLike<{ description?: string; name?: string; object: unknown }>);
  return entries.map((entry) => ({
    kind: entry.description ?? entry.name ?? '',
    variables: entry.object as Record<string, unknown>,
  }));
}

function readLocation(value: unknown): FunctionLocation | undefined {
  const place = value as { scriptId: string; lineNumber: number; columnNumber?: number } | undefined;
  return place && { scriptId: place.scriptId, line: place.lineNumber, column: place.columnNumber ?? 0 };
}

function release(): void {
  const state = open();
  state.asked += 1;
  // Does not keep the program alive: at its end there is nothing to release.
  if (state.asked === 1) setImmediate(releaseAll).unref();
  else if (state.asked >= RELEASE_EVERY) releaseAll();
}

function releaseAll(): void {
  const state = open();
  if (state.asked === 0) return;
  state.asked = 0;
  post('Runtime.releaseObjectGroup', { objectGroup: GROUP });
}
