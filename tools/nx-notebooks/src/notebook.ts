/** What the plugin reads of a notebook file. */
export interface Notebook {
  /** Sources of the code cells, in order; empty when the file is no notebook. */
  readonly code: readonly string[];
  /** The first heading of the first markdown cell, as plain text. */
  readonly title: string | undefined;
  /** Whether nothing else may run beside it. A lab book measures, so only `metadata.interleave.alone: false` lets others in. */
  readonly alone: boolean;
}

const unreadable: Notebook = { code: [], title: undefined, alone: true };

/**
 * Reads the parts of a notebook that Nx needs to know.
 *
 * Never throws: a notebook that is not valid JSON keeps its project and its targets, so that its *test* can fail and say
 * why. A throw here would take the graph of the whole workspace with it.
 *
 * @param text - content of an `.ipynb` file
 */
export function readNotebook(text: string): Notebook {
  let file: unknown;
  try {
    file = JSON.parse(text);
  } catch {
    return unreadable;
  }
  if (!isRecord(file) || !Array.isArray(file['cells'])) return unreadable;
  const cells = file['cells'].filter(isRecord);
  const ofType = (type: string): string[] =>
    cells.filter((cell) => cell['cell_type'] === type).map((cell) => sourceOf(cell['source']));
  const metadata = isRecord(file['metadata']) ? file['metadata'] : {};
  const ours = isRecord(metadata['interleave']) ? metadata['interleave'] : {};
  return {
    code: ofType('code'),
    title: /^#+ +(.+)$/m
      .exec(ofType('markdown')[0] ?? '')?.[1]
      ?.replaceAll(/[`*]/g, '')
      .trim(),
    alone: ours['alone'] !== false,
  };
}

/** nbformat allows one string or a list of lines. */
function sourceOf(source: unknown): string {
  return Array.isArray(source) ? source.join('') : typeof source === 'string' ? source : '';
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
