import { processorTime } from '../sleeps.mjs';

export const measure = async (contender) => ({ value: await processorTime(contender, 'sleeps') });
