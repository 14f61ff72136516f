/**
 * JupyterLab in a browser tab, as a person uses it: menus, buttons and what is seen. What lies outside the window is not
 * in the page (JupyterLab draws only the cells in view), so the contents of cells are read from Lab's own model, and
 * pictures are looked at by scrolling to them.
 */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { BrowserContext, Page } from 'playwright-core';

/** One code or markdown cell as Lab holds it. */
export interface LabCell {
  readonly id: string;
  readonly type: string;
  readonly tags: readonly string[];
  readonly source: string;
  /** Null as long as it has not run, and when it was aborted. */
  readonly executionCount: number | null;
  readonly running: boolean;
  readonly outputs: readonly LabOutput[];
}

/** One output of a cell, in the notebook format. */
export interface LabOutput {
  readonly output_type: string;
  readonly name?: string;
  readonly text?: string;
  readonly data?: Readonly<Record<string, unknown>>;
  readonly ename?: string;
  readonly evalue?: string;
  readonly traceback?: readonly string[];
}

/** A cell in the notebook format. */
interface SavedCell {
  readonly id: string;
  readonly cell_type: string;
  readonly source: string | string[];
  readonly metadata: { readonly tags?: string[] };
  readonly execution_count?: number | null;
  readonly outputs?: readonly { readonly output_type: string; readonly text?: string | string[] }[];
}

/** The part of Lab's application object that is used here; it is in the page because of `expose_app_in_browser`. */
interface LabWindow {
  readonly jupyterapp: {
    readonly commands: {
      execute(command: string, args?: object): Promise<unknown>;
      isToggled(command: string): boolean;
    };
    readonly shell: { readonly currentWidget: NotebookPanel | null };
    readonly serviceManager: { readonly sessions: { shutdownAll(): Promise<void> } };
  };
}

interface CellModel {
  readonly type: string;
  readonly executionCount?: number | null;
  readonly executionState?: string;
  readonly sharedModel: { getSource(): string };
  toJSON(): unknown;
}

interface NotebookPanel {
  readonly node: HTMLElement;
  readonly context?: { readonly path: string };
  readonly sessionContext?: {
    readonly isReady: boolean;
    readonly session: { readonly kernel: { readonly id: string; readonly status: string } | null } | null;
  };
  readonly content: {
    readonly model?: { readonly cells: Iterable<CellModel> };
    scrollToItem(index: number, align?: string): Promise<void>;
  };
}

export class LabPage {
  readonly page: Page;
  /** What the page asked of other machines, which must be nothing. */
  readonly foreign: string[] = [];
  /** Exceptions of Lab itself. */
  readonly faults: string[] = [];
  readonly #base: string;

  private constructor(page: Page, base: string) {
    this.page = page;
    this.#base = base;
    page.setDefaultTimeout(30_000);
    const loopback = new Set(['localhost', '127.0.0.1', '[::1]', '']);
    page.on('request', (request) => {
      const url = new URL(request.url());
      if (!loopback.has(url.hostname)) this.foreign.push(request.url());
    });
    page.on('pageerror', (error) => this.faults.push(String(error.stack ?? error)));
  }

  /**
   * Opens the address that the launcher printed.
   *
   * @param url - with the token
   */
  static async open(context: BrowserContext, url: string): Promise<LabPage> {
    const page = await context.newPage();
    const lab = new LabPage(page, url.replace(/lab\/.*/, ''));
    await page.goto(url);
    await lab.#ready();
    return lab;
  }

  async #ready(): Promise<void> {
    await this.page.waitForFunction(() => 'jupyterapp' in window);
    await this.page.waitForSelector('#jp-main-dock-panel');
    await this.page.waitForSelector('#jupyterlab-splash', { state: 'detached' });
  }

  /** Resolves when a document is in front, with something in it. */
  async untilOpened(path: string): Promise<void> {
    await this.page.waitForFunction((wanted) => {
      const panel = (window as unknown as LabWindow).jupyterapp.shell.currentWidget;
      return panel?.context?.path === wanted && panel.node.innerText.length > 100;
    }, path);
  }

  /** Opens a notebook in a fresh workspace, and waits for its kernel. */
  async openNotebook(path: string): Promise<void> {
    await this.page.goto(`${this.#base}lab/tree/${encodeURI(path)}?reset`);
    await this.#ready();
    await this.page.waitForFunction((wanted) => {
      const panel = (window as unknown as LabWindow).jupyterapp.shell.currentWidget;
      if (panel?.context?.path !== wanted || panel.sessionContext?.isReady !== true) return false;
      return panel.content.model !== undefined && panel.sessionContext.session?.kernel?.status === 'idle';
    }, path);
    // The list of files leaves too little room for a picture.
    if (await this.page.locator('#jp-left-stack').isVisible()) await this.execute('application:toggle-left-area');
  }

  /** Runs one of Lab's commands, as an entry of a menu does. */
  execute(command: string, args: object = {}): Promise<void> {
    return this.page.evaluate(
      ([name, given]) =>
        (window as unknown as LabWindow).jupyterapp.commands.execute(name, given).then(() => undefined),
      [command, args] as const,
    );
  }

  /** Run > Restart Kernel and Run All Cells, by the menu, with its question answered. */
  async restartAndRunAll(): Promise<void> {
    await this.#menu('Run', 'runmenu:restart-and-run-all');
    await this.page.locator('.jp-Dialog button.jp-mod-accept').click();
    await this.page.waitForSelector('.jp-Dialog', { state: 'detached' });
  }

  /** Run > Run All Cells, by the menu. */
  async runAll(): Promise<void> {
    await this.#menu('Run', 'runmenu:run-all');
  }

  async #menu(title: string, command: string): Promise<void> {
    await this.page.locator('.lm-MenuBar-itemLabel', { hasText: new RegExp(`^${title}$`) }).click();
    await this.page.locator(`.lm-Menu-item[data-command="${command}"]`).click();
  }

  /** Presses the stop button of the notebook's tool bar. */
  async pressStop(): Promise<void> {
    await this.page.locator('.jp-NotebookPanel:not(.lm-mod-hidden) [data-command="notebook:interrupt-kernel"]').click();
  }

  /** Selects a cell and runs it, as Ctrl-Enter does. */
  async runCell(index: number): Promise<void> {
    await this.showCell(index);
    await this.page.locator(`.jp-Cell[data-windowed-list-index="${index}"] .jp-InputPrompt`).click();
    await this.page.keyboard.press('Control+Enter');
  }

  /** Puts the cursor at the end of a cell. */
  async editEnd(index: number): Promise<void> {
    await this.showCell(index);
    await this.page.locator(`.jp-Cell[data-windowed-list-index="${index}"] .cm-content`).click();
    await this.page.keyboard.press('Control+End');
  }

  /** Resolves when one cell has run, to its end or to its stop, and the kernel is idle. */
  untilRan(index: number, timeout: number): Promise<void> {
    return this.#untilIdle(index, timeout);
  }

  /**
   * Resolves when every cell has run, or one has failed that must not, and the kernel is idle. Lab sends the next cell
   * when the one before has ended, so an idle kernel alone says nothing.
   */
  untilAllRan(timeout: number): Promise<void> {
    return this.#untilIdle(null, timeout);
  }

  async #untilIdle(index: number | null, timeout: number): Promise<void> {
    await this.page.waitForFunction(
      (only) => {
        const panel = (window as unknown as LabWindow).jupyterapp.shell.currentWidget;
        if (panel?.sessionContext?.session?.kernel?.status !== 'idle') return false;
        const cells = [...(panel.content.model?.cells ?? [])];
        if (cells.some((cell) => cell.executionState === 'running')) return false;
        const code = (only === null ? cells : cells.slice(only, only + 1)).filter(
          (cell) => cell.type === 'code' && cell.sharedModel.getSource() !== '',
        );
        if (code.every((cell) => typeof cell.executionCount === 'number')) return true;
        // Looked at last: outputs may be long, and this is asked often.
        return code
          .map((cell) => cell.toJSON() as SavedCell)
          .filter((cell) => cell.metadata.tags?.includes('raises-exception') !== true)
          .some((cell) => (cell.outputs ?? []).some((output) => output.output_type === 'error'));
      },
      index,
      { timeout, polling: 250 },
    );
  }

  /** Resolves when the cell has printed the text. */
  async untilPrinted(index: number, text: string): Promise<void> {
    await this.page.waitForFunction(
      ([at, wanted]) => {
        const panel = (window as unknown as LabWindow).jupyterapp.shell.currentWidget;
        const cell = [...(panel?.content.model?.cells ?? [])][at];
        const { outputs } = (cell?.toJSON() ?? {}) as { outputs?: unknown };
        return JSON.stringify(outputs ?? []).includes(wanted);
      },
      [index, text] as const,
      { polling: 50 },
    );
  }

  /** The cells as Lab holds them now. */
  async cells(): Promise<LabCell[]> {
    return this.page.evaluate(() => {
      const panel = (window as unknown as LabWindow).jupyterapp.shell.currentWidget;
      const joined = (text: string | string[] | undefined): string =>
        Array.isArray(text) ? text.join('') : (text ?? '');
      return [...(panel?.content.model?.cells ?? [])].map((cell) => {
        const json = cell.toJSON() as SavedCell;
        return {
          id: json.id,
          type: json.cell_type,
          tags: json.metadata.tags ?? [],
          source: joined(json.source),
          executionCount: json.execution_count ?? null,
          running: cell.executionState === 'running',
          outputs: (json.outputs ?? []).map((output) =>
            output.text === undefined ? output : { ...output, text: joined(output.text) },
          ) as LabOutput[],
        };
      });
    });
  }

  /** The identity of the kernel, which an interrupt must not change. */
  kernelId(): Promise<string | undefined> {
    return this.page.evaluate(
      () => (window as unknown as LabWindow).jupyterapp.shell.currentWidget?.sessionContext?.session?.kernel?.id,
    );
  }

  /** Scrolls to a cell until Lab has drawn it. */
  async showCell(index: number): Promise<void> {
    await this.page.evaluate(
      (at) => (window as unknown as LabWindow).jupyterapp.shell.currentWidget?.content.scrollToItem(at, 'start'),
      index,
    );
    await this.page.waitForSelector(`.jp-Cell[data-windowed-list-index="${index}"]`, { state: 'attached' });
  }

  /** How many pictures a cell shows, on the screen and not empty. */
  async pictures(index: number): Promise<number> {
    await this.showCell(index);
    return this.page
      .locator(`.jp-Cell[data-windowed-list-index="${index}"] .jp-OutputArea-output`)
      .locator('svg, img')
      .evaluateAll(
        (found) =>
          found.filter((picture) => {
            const { width, height } = picture.getBoundingClientRect();
            const drawn = !(picture instanceof HTMLImageElement) || (picture.complete && picture.naturalWidth > 0);
            return drawn && width > 20 && height > 10;
          }).length,
      );
  }

  /** The text that a cell's outputs show on the screen. */
  async shownText(index: number): Promise<string> {
    await this.showCell(index);
    return this.page.locator(`.jp-Cell[data-windowed-list-index="${index}"] .jp-Cell-outputArea`).innerText();
  }

  /** Does what a system does that changes to the light or the dark look; Lab goes along with it. */
  async theme(name: 'light' | 'dark'): Promise<void> {
    await this.page.emulateMedia({ colorScheme: name });
    await this.untilTheme(name);
  }

  /** Resolves when Lab has the light or the dark look, whoever has asked for it. */
  async untilTheme(name: 'light' | 'dark'): Promise<void> {
    await this.page.waitForSelector(`body[data-jp-theme-light="${name === 'light'}"]`, { state: 'attached' });
    await this.#drawn();
  }

  /** Resolves when the check mark beside a command of a menu is there, or is gone. */
  async untilToggled(command: string, on: boolean): Promise<void> {
    await this.page.waitForFunction(
      ([name, wanted]) => (window as unknown as LabWindow).jupyterapp.commands.isToggled(name) === wanted,
      [command, on] as const,
    );
  }

  /**
   * Takes the whole notebook as pictures of one window each.
   *
   * @param folder - made if it is not there
   * @param prefix - of the file names, such as `01-five-light`
   * @param most - stops after so many
   */
  async screenshots(folder: string, prefix: string, most = 100): Promise<void> {
    mkdirSync(folder, { recursive: true });
    const panel = this.page.locator('.jp-NotebookPanel:not(.lm-mod-hidden) .jp-WindowedPanel-outer');
    await panel.evaluate((outer) => (outer.scrollTop = 0));
    for (let piece = 1; piece <= most; piece++) {
      await this.#drawn();
      await this.page.screenshot({ path: join(folder, `${prefix}-${String(piece).padStart(2, '0')}.png`) });
      const more = await panel.evaluate((outer) => {
        const before = outer.scrollTop;
        outer.scrollTop += outer.clientHeight - 60;
        return outer.scrollTop > before + 1;
      });
      if (!more) return;
    }
  }

  /** Resolves when a few frames have passed in which nothing on the page changed its size. */
  async #drawn(): Promise<void> {
    await this.page.evaluate(async () => {
      const size = (): string => {
        const outer = document.querySelector('.jp-NotebookPanel:not(.lm-mod-hidden) .jp-WindowedPanel-outer');
        return `${outer?.scrollHeight} ${outer?.scrollTop} ${outer?.querySelectorAll('*').length}`;
      };
      let before = '';
      for (let same = 0; same < 6;) {
        await new Promise((frame) => requestAnimationFrame(frame));
        const now = size();
        same = now === before ? same + 1 : 0;
        before = now;
      }
    });
  }

  /** Ends all kernels of the server. */
  async shutDownKernels(): Promise<void> {
    await this.page.evaluate(() => (window as unknown as LabWindow).jupyterapp.serviceManager.sessions.shutdownAll());
  }
}
