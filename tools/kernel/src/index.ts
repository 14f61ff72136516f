export { KERNEL_DISPLAY_NAME, KERNEL_NAME, kernelSpec } from './kernel-spec.js';
export type { KernelSpec } from './kernel-spec.js';
