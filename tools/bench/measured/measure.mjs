// Runs one case with one contender in a process of its own, and prints what it measured as one line of JSON:
//
//     node measure.mjs CASE CONTENDER-FILE CONTENDER-NAME KIND
//
// JavaScript and not TypeScript: a loader in this process would be inherited by the workers of some contenders and slow
// them down.
const [, , caseName, file, name, kind] = process.argv;
const { contenders } = await import(`./contenders/${file}`);
const { measure } = await import(`./cases/${caseName}.mjs`);
const contender = contenders.find((one) => one.name === name);
const figures = await measure(contender, kind);
process.stdout.write(`\n${JSON.stringify(figures)}\n`, () => process.exit(0));
