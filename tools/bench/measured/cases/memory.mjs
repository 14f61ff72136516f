// What one more idle worker takes, from pools of two and of eight that have worked. MiB of resident memory.
import { readFileSync, readdirSync } from 'node:fs';

export const measure = async (contender, kind) => {
  const idle = async (workers) => {
    const pool = await contender.open({ kind, workers });
    await Promise.all(Array.from({ length: workers * 20 }, () => pool.call('burn', 20_000)));
    await new Promise((resolve) => setTimeout(resolve, 300));
    return kind === 'thread' ? resident(process.pid) : children().reduce((sum, pid) => sum + resident(pid), 0);
  };
  // A process is measured as it is; of threads the difference counts, so the small pool comes first and stays.
  // By the workers, not by the children: who has a helper beside them pays for it here.
  if (kind === 'process') return { value: (await idle(4)) / 4 };
  const small = await idle(2);
  const both = await idle(6);
  return { value: (both - small) / 6 };
};

function children() {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => parent(pid) === process.pid);
}

function parent(pid) {
  try {
    return Number(/^PPid:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]);
  } catch {
    return -1;
  }
}

function resident(pid) {
  return Number(/^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024;
}
