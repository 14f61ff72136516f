// Types and lint rules of a package, out of one program: the rules ask for types, and to find them out is most of the work
// of both.
//
//     node tools/quality/lint.mjs                    the package in the current folder
//     node tools/quality/lint.mjs FOLDER FOLDER ...  several; what they have in common is read once
//
// Node's types and the compiler's are most of what a package stands on, and the first package is the slowest to check, while
// the linter itself is still cold. All packages in one go take a third of what they take one by one.
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ESLint } from 'eslint';
import ts from 'typescript';

/** What many packages read and none of them changes: declarations of what is installed or built. */
const declarations = new Map();

/** What `tsconfig.test.json` describes; none, if the package has no TypeScript. */
function programOf(config) {
  if (!ts.sys.fileExists(config)) return undefined;
  const { options, fileNames, errors } = ts.getParsedCommandLineOfConfigFile(
    config,
    {},
    { ...ts.sys, onUnRecoverableConfigFileDiagnostic: (error) => errors.push(error) },
  );
  const host = ts.createCompilerHost(options);
  const { getSourceFile } = host;
  host.getSourceFile = (file, ...how) => {
    if (!/\/(?:node_modules|dist)\/.*\.d\.[cm]?ts$/.test(file)) return getSourceFile(file, ...how);
    if (!declarations.has(file)) declarations.set(file, getSourceFile(file, ...how));
    return declarations.get(file);
  };
  return ts.createProgram({ rootNames: fileNames, options, host, configFileParsingDiagnostics: errors });
}

/** Prints what is wrong with a package. @returns whether nothing is */
async function check(folder) {
  const program = programOf(`${folder}/tsconfig.test.json`);
  const typeErrors = program === undefined ? [] : ts.getPreEmitDiagnostics(program);
  if (typeErrors.length > 0) {
    console.log(
      ts.formatDiagnosticsWithColorAndContext(typeErrors, {
        getCanonicalFileName: (name) => name,
        getCurrentDirectory: () => folder,
        getNewLine: () => '\n',
      }),
    );
  }
  const eslint = new ESLint({
    cwd: folder,
    overrideConfigFile: fileURLToPath(new URL('eslint.config.mjs', import.meta.url)),
    overrideConfig: {
      files: ['**/*.ts'],
      languageOptions: { parserOptions: program === undefined ? {} : { project: null, programs: [program] } },
    },
  });
  const results = await eslint.lintFiles(['.']);
  const formatter = await eslint.loadFormatter('stylish');
  const text = await formatter.format(results);
  if (text !== '') console.log(text);
  return typeErrors.length === 0 && results.every(({ errorCount }) => errorCount === 0);
}

const folders = process.argv.length > 2 ? process.argv.slice(2) : ['.'];
let good = true;
for (const folder of folders) good = (await check(resolve(folder))) && good;
process.exitCode = good ? 0 : 1;
