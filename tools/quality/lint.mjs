// Types and lint rules of the package in the current folder, out of one program: the rules ask for types, and to find
// them out is most of the work of both.
import { ESLint } from 'eslint';
import ts from 'typescript';
import { fileURLToPath } from 'node:url';

const folder = process.cwd();

/** What `tsconfig.test.json` describes; none, if the package has no TypeScript. */
function programOf(config) {
  if (!ts.sys.fileExists(config)) return undefined;
  const { options, fileNames, errors } = ts.getParsedCommandLineOfConfigFile(
    config,
    {},
    { ...ts.sys, onUnRecoverableConfigFileDiagnostic: (error) => errors.push(error) },
  );
  return ts.createProgram({ rootNames: fileNames, options, configFileParsingDiagnostics: errors });
}

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
  overrideConfigFile: fileURLToPath(new URL('eslint.config.mjs', import.meta.url)),
  overrideConfig: {
    files: ['**/*.ts'],
    languageOptions: { parserOptions: program === undefined ? {} : { project: null, programs: [program] } },
  },
});
const results = await eslint.lintFiles(['.']);
const formatter = await eslint.loadFormatter('stylish');
console.log(await formatter.format(results));
process.exitCode = typeErrors.length > 0 || results.some((each) => each.errorCount > 0) ? 1 : 0;
