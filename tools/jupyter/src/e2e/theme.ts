/**
 * Pictures have the colours of Lab's theme, whoever has chosen it: the system, or a person in Lab's own menu. They ask
 * for `prefers-color-scheme`, which in an image is the `color-scheme` of the page, and Lab sets that with its theme.
 */
import { join } from 'node:path';
import type { LabPage } from './lab-page.js';
import { CheckProblem } from './report.js';
import { writeScratchNotebook } from './scratch-notebook.js';

/** Milliseconds for one cell, on a machine that does much else. */
const LIMIT = 300_000;
/** Milliseconds that a picture has for changing its colours. */
const CHANGE_LIMIT = 10_000;

type Look = 'light' | 'dark';

/** What Lab calls its own two themes. */
const THEMES = { light: 'JupyterLab Light', dark: 'JupyterLab Dark' } as const;

/** What the check is run with. */
export interface ThemeCheck {
  /** The folder that JupyterLab was started on. */
  readonly notebooks: string;
  readonly screenshots: string;
}

/**
 * Has a cell draw a picture, changes the theme in every way there is, and looks at the picture's ground each time.
 *
 * @throws {CheckProblem} if the picture kept the colours of another theme
 */
export async function checkTheme(lab: LabPage, { notebooks, screenshots }: ThemeCheck): Promise<string> {
  const path = 'scratch/theme.ipynb';
  writeScratchNotebook(join(notebooks, path), [
    "import { barChart, show } from '@interleave/timeline';",
    "show(barChart([{ label: 'one', value: 1 }, { label: 'two', value: 2 }], { title: 'Two bars' }));",
  ]);
  await lab.theme('light');
  await lab.openNotebook(path);
  await lab.runAll();
  await lab.untilAllRan(LIMIT);
  await lab.showCell(1);

  const seen: string[] = [];
  const expectGround = async (look: Look, when: string): Promise<void> => {
    const ground = await groundThatBecomes(lab, look);
    if (ground !== look) throw new CheckProblem([`${when}, the ground of the picture is ${ground}`]);
    await lab.page.screenshot({ path: join(screenshots, `theme-${seen.length + 1}-${look}.png`) });
    seen.push(look);
  };
  await expectGround('light', 'with the light theme of the system');
  await lab.theme('dark');
  await expectGround('dark', 'with the dark theme of the system');

  await lab.execute('apputils:adaptive-theme');
  await lab.untilToggled('apputils:adaptive-theme', false);
  const choices: readonly (readonly [system: Look, lab: Look])[] = [
    ['light', 'dark'],
    ['dark', 'light'],
  ];
  for (const [system, other] of choices) {
    await lab.page.emulateMedia({ colorScheme: system });
    // One that is chosen already would be no choice.
    for (const look of [system, other]) {
      await lab.execute('apputils:change-theme', { theme: THEMES[look] });
      await lab.untilTheme(look);
    }
    await expectGround(other, `with Lab's ${other} theme, chosen by hand under a ${system} system`);
  }
  await lab.execute('apputils:adaptive-theme');
  await lab.untilToggled('apputils:adaptive-theme', true);
  // Lab misses a change of the system while it is still going over to the system's theme.
  await lab.untilTheme('dark');
  await lab.theme('light');
  await expectGround('light', 'with the theme of the system again');
  return seen.join(', ');
}

/** The look of the picture's ground once it is the wanted one, or what it still is after a while. */
async function groundThatBecomes(lab: LabPage, wanted: Look): Promise<Look> {
  const limit = performance.now() + CHANGE_LIMIT;
  for (;;) {
    const look = await ground(lab);
    if (look === wanted || performance.now() > limit) return look;
  }
}

/**
 * Looks at one point beside the title of the picture, as it is on the screen: no style that can be asked for says how
 * an image draws itself.
 */
async function ground(lab: LabPage): Promise<Look> {
  const picture = lab.page.locator('.jp-Cell[data-windowed-list-index="1"] .jp-OutputArea-output').locator('svg, img');
  const png = (await picture.screenshot()).toString('base64');
  const brightness = await lab.page.evaluate(async (data) => {
    const image = new Image();
    image.src = `data:image/png;base64,${data}`;
    await image.decode();
    const canvas = document.createElement('canvas');
    const pen = canvas.getContext('2d');
    pen?.drawImage(image, 0, 0);
    return Math.max(...(pen?.getImageData(10, 10, 1, 1).data.slice(0, 3) ?? []));
  }, png);
  return brightness > 127 ? 'light' : 'dark';
}
