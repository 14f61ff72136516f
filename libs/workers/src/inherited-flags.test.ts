import { expect, test } from 'vitest';
import { inheritedFlags } from './inherited-flags.js';

test('PRC-23 memory, warnings and permissions go along, what belongs to the program does not', () => {
  const kept = ['--expose-gc', '--max-old-space-size=100', '--no-warnings', '--conditions', 'dev', '--permission'];
  const dropped = [
    ...['-r', 'x.js', '--require=x.js', '--import', 'tsx', '--loader', 'x.js'],
    ...['--inspect', '--inspect-brk=0', '--inspect-port', '0', '--watch', '--watch-path', 'src', '--test'],
    ...['--test-reporter=dot', '--input-type=module', '-i', '--title=x', '-e', 'code()'],
  ];
  expect(inheritedFlags([...kept, ...dropped])).toEqual(kept);
  expect(inheritedFlags([...dropped, ...kept])).toEqual(kept);
  expect(inheritedFlags(['-p', '--no-warnings'])).toEqual(['--no-warnings']);
});
