import { fileURLToPath } from 'node:url';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { take, TakeError } from './take.js';

const usage = `npm run take -- LIB FOLDER [--force]

Copies the sources of a lib, and of every lib it stands on, into FOLDER, for instance:

  npm run take -- pools ../my-app/src/interleave`;

function main(): number {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { force: { type: 'boolean', default: false }, help: { type: 'boolean', default: false } },
  });
  const [lib, folder] = positionals;
  if (values.help || lib === undefined || folder === undefined || positionals.length > 2) {
    console.log(usage);
    return values.help ? 0 : 2;
  }
  const target = resolve(process.env['INIT_CWD'] ?? '.', folder);
  const { libs, packages, files } = take(fileURLToPath(new URL('../../..', import.meta.url)), lib, target, values);
  console.log(`Copied ${Object.keys(libs).join(', ')} (${Object.keys(files).length} files) to ${folder}`);
  const wanted = Object.entries(packages).map(([name, version]) => `${name}@${version}`);
  if (wanted.length > 0) console.log(`They need: npm install ${wanted.join(' ')}`);
  return 0;
}

try {
  process.exitCode = main();
} catch (error) {
  if (!(error instanceof TakeError) && !(error instanceof TypeError)) throw error;
  console.error(error.message);
  process.exitCode = 2;
}
