import type { Job } from '../job.js';

/**
 * Values that are being rebuilt after their worker has answered, because a module has to be loaded for them.
 *
 * @internal
 */
export class Decoding {
  readonly jobs = new Set<Job>();

  /** Settles the job when its value is there. */
  async decode(job: Job, value: Promise<unknown>, time: number | undefined): Promise<void> {
    this.jobs.add(job);
    try {
      // In a box, so that a value with a `then` method stays what it is.
      const decoded: { readonly value: unknown } = { value: await value };
      job.succeed(decoded.value, time);
    } catch (error) {
      job.fail(error, time);
    } finally {
      this.jobs.delete(job);
    }
  }
}
