/**
 * Checks who imports whom: `tsx src/main.ts [workspace]`. Prints one line for each finding; exit code 1 if there is one.
 */
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { checkHouse } from './check.js';
import { formatFinding } from './finding.js';
import { readHouse } from './house.js';

const root = resolve(process.argv[2] ?? fileURLToPath(new URL('../../..', import.meta.url)));
const house = readHouse(root);
const findings = checkHouse(house);

const count = (kind: string): number => house.packages.filter((found) => found.kind === kind).length;
const notebooks = new Set(house.pages.map(({ path }) => path.replace(/#.*/, ''))).size;
const seen = `${count('lib')} libs, ${count('tool')} tools and ${notebooks} files of notebooks`;

if (house.packages.length === 0) {
  console.error(`Cannot check ${root}: it has no libs and no tools; name the folder of the workspace`);
  process.exitCode = 2;
} else if (findings.length > 0) {
  for (const finding of findings) console.error(formatFinding(finding));
  console.error(`\n${findings.length} ${findings.length === 1 ? 'finding' : 'findings'} in ${seen}`);
  process.exitCode = 1;
} else {
  console.log(`Every import of ${seen} goes down`);
}
