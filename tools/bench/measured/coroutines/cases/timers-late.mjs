import { sleeps } from '../sleeps.mjs';

export const measure = async (contender) => {
  const { late } = await sleeps(contender, 'timers');
  return { value: late[50_000], p99: late[99_000] };
};
