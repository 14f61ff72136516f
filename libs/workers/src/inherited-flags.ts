/**
 * The flags of Node that children get from this program: memory limits, warnings, experimental features, permissions.
 *
 * Left out is what belongs to the program itself: its code, what it is to be preloaded with, its debugger and its watch and
 * test modes. A child starts from a compiled entry that needs no loader, and would wait for a debugger's port for ever.
 *
 * @internal
 */
export function inheritedFlags(flags: readonly string[] = process.execArgv): readonly string[] {
  const inherited: string[] = [];
  for (let at = 0; at < flags.length; at++) {
    const flag = flags[at] as string;
    const [name = flag] = flag.split('=', 1);
    if (own.has(name) || ownFamily.test(name)) {
      // `--import tsx` is two words, `--import=tsx` is one.
      if (name === flag && own.get(name) === VALUE && !flags[at + 1]?.startsWith('-')) at += 1;
    } else {
      inherited.push(flag);
    }
  }
  return inherited;
}

const VALUE = 'takes a value';
const ALONE = 'stands alone';

const own: ReadonlyMap<string, typeof VALUE | typeof ALONE> = new Map([
  ['-r', VALUE],
  ['--require', VALUE],
  ['--import', VALUE],
  ['--loader', VALUE],
  ['--experimental-loader', VALUE],
  ['-e', VALUE],
  ['--eval', VALUE],
  ['-p', VALUE],
  ['--print', VALUE],
  ['-pe', VALUE],
  ['-c', ALONE],
  ['--check', ALONE],
  ['-i', ALONE],
  ['--interactive', ALONE],
  ['--input-type', VALUE],
  ['--run', VALUE],
  ['--title', VALUE],
  ['--snapshot-blob', VALUE],
  ['--debug-port', VALUE],
  ['--inspect-port', VALUE],
  ['--watch-path', VALUE],
]);

const ownFamily = /^--(inspect|watch|test)(-|$)/;
