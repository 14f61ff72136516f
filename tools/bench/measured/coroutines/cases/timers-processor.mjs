import { sleeps } from '../sleeps.mjs';

export const measure = async (contender) => {
  const { processor } = await sleeps(contender, 'timers');
  return { value: processor };
};
