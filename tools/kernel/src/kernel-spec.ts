/**
 * How the kernel is started: the content of a `kernel.json`, for the headless runner and for Jupyter alike.
 */
import { join } from 'node:path';

/** A Jupyter kernel specification. */
export interface KernelSpec {
  /** The command line; `{connection_file}` stands for the file that says where to listen. */
  readonly argv: string[];
  readonly display_name: string;
  readonly language: string;
  /** `signal`: an interrupt is a SIGINT to the kernel. */
  readonly interrupt_mode: 'signal';
  readonly env: Readonly<Record<string, string>>;
  readonly metadata: Readonly<Record<string, unknown>>;
}

/** The name under which notebooks ask for the kernel; tslab's own, so that a plain installation opens them too. */
export const KERNEL_NAME = 'tslab';

/** What people see. */
export const KERNEL_DISPLAY_NAME = 'TypeScript (Interleave)';

/**
 * The specification of this project's kernel.
 *
 * Paths are absolute: some editors do not resolve `{resource_dir}`, and the file is made on the machine that uses it.
 *
 * @param root - the workspace's folder, which holds `tools/kernel` and `node_modules/tslab`
 * @param options - `plain` leaves the preload away, which gives tslab as it comes
 * @example
 * ```ts
 * kernelSpec('/home/me/interleave').argv;
 * // [node, '--require', '.../tools/kernel/preload.cjs', '.../tslab/bin/tslab', 'kernel', '--config-path', '{connection_file}']
 * ```
 */
export function kernelSpec(root: string, options: { readonly plain?: boolean } = {}): KernelSpec {
  const preload = options.plain ? [] : ['--require', join(root, 'tools/kernel/preload.cjs')];
  const tslab = join(root, 'node_modules/tslab/bin/tslab');
  return {
    argv: [process.execPath, ...preload, tslab, 'kernel', '--config-path', '{connection_file}'],
    display_name: KERNEL_DISPLAY_NAME,
    language: 'typescript',
    interrupt_mode: 'signal',
    // In a saved output colours would be escape codes. The preload takes FORCE_COLOR away, which a specification cannot.
    env: { NO_COLOR: '1' },
    metadata: { debugger: false },
  };
}
