/** What `nx.json` may say beside the path of the plugin. */
export interface PluginOptions {
  /** Command that takes `test`, `execute`, `html` and `clean`; run from the workspace root. */
  readonly runner: string;
  /** Workspace packages that every notebook runs on. Their change reruns every notebook. */
  readonly runtime: readonly string[];
}

/** The options as given, with the project's own kernel and runner where nothing is said. */
export function pluginOptions(given: Partial<PluginOptions> | undefined): PluginOptions {
  return {
    runner: given?.runner ?? 'node tools/notebook-runner/bin/notebook.mjs',
    runtime: given?.runtime ?? ['@interleave/kernel', '@interleave/notebook-runner'],
  };
}
