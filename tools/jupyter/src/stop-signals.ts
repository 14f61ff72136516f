/** The signals by which a person, a terminal or a supervisor ends the launcher. */
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/**
 * The wish to stop, in two steps: the first signal asks for an orderly end, a later one for an end at once. One Ctrl-C
 * may arrive twice within a moment (from the terminal, and from a parent that passes it on); that is one wish.
 */
export class StopSignals {
  readonly #stop = new AbortController();
  readonly #hurry = new AbortController();
  readonly #source: NodeJS.EventEmitter;
  #first: { readonly name: NodeJS.Signals; readonly at: number } | undefined;

  /** @param source - where signals arrive: this process, or a test's stand-in */
  constructor(source: NodeJS.EventEmitter = process) {
    this.#source = source;
    for (const name of SIGNALS) source.on(name, this.#receive);
  }

  /** Aborted by the first signal. */
  get stop(): AbortSignal {
    return this.#stop.signal;
  }

  /** Aborted by a signal that follows at least half a second after the first. */
  get hurry(): AbortSignal {
    return this.#hurry.signal;
  }

  /** The exit code of a program that a signal ended: 128 and the number of the signal. */
  get exitCode(): number {
    return { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 }[this.#first?.name as (typeof SIGNALS)[number]] ?? 130;
  }

  /** Gives the signals back to Node, whose default is to end at once. */
  [Symbol.dispose](): void {
    for (const name of SIGNALS) this.#source.off(name, this.#receive);
  }

  readonly #receive = (name: NodeJS.Signals): void => {
    const now = performance.now();
    if (this.#first === undefined) {
      this.#first = { name, at: now };
      this.#stop.abort(new Error(`stopped by ${name}`));
    } else if (now - this.#first.at > 500) {
      this.#hurry.abort();
    }
  };
}
