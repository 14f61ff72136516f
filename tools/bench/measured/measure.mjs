// Runs one case with one contender in a process of its own, and prints what it measured as one line of JSON:
//
//     node measure.mjs FOLDER CASE CONTENDER-FILE CONTENDER-NAME KIND
//
// JavaScript and not TypeScript: a loader in this process would be inherited by the workers of some contenders and slow
// them down.
const [, , folder, caseName, file, name, kind] = process.argv;
const { contenders } = await import(`./${folder}/contenders/${file}`);
const { measure } = await import(`./${folder}/cases/${caseName}.mjs`);
const contender = contenders.find((one) => one.name === name);
const figures = await measure({ ...contender, file }, kind);
process.stdout.write(`\n${JSON.stringify(figures)}\n`, () => process.exit(0));
