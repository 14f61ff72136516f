import { lateness } from '../sleeps.mjs';

export const measure = async (contender) => {
  const late = await lateness(contender, 'sleeps');
  return { value: late[50_000], p99: late[99_000] };
};
