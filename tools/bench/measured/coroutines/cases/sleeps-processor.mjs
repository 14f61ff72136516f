import { sleeps } from '../sleeps.mjs';

export const measure = async (contender) => ({ value: (await sleeps(contender)).processor });
