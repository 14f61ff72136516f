const numbers = new Map<string, number>();

/**
 * The next name of its kind: `ThreadPoolExecutor-0`, `ThreadPoolExecutor-1`, ...
 *
 * @internal
 */
export function executorName(kind: string): string {
  const number = numbers.get(kind) ?? 0;
  numbers.set(kind, number + 1);
  return `${kind}-${number}`;
}
