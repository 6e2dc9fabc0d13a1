// Opens VS Code in Chromium. Either runs a suite inside the extension host and exits with its code:
//     node drive.mjs suite URL WORKSPACE EXTENSION SUITE
// or plays a person, with pictures in the dark and in the light (the extension being installed):
//     node drive.mjs pictures URL WORKSPACE FOLDER
import { join } from 'node:path';
import { chromium } from 'playwright-core';
import { play } from './person.mjs';

const [mode, url, workspace, target, suite] = process.argv.slice(2);
const PATIENCE_MS = 45_000;

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: ['--no-sandbox'],
});
try {
  const page = await browser.newPage({
    viewport: { width: 1280, height: 800 },
    colorScheme: 'dark',
  });
  page.setDefaultTimeout(PATIENCE_MS);
  process.exitCode = await (mode === 'suite' ? runSuite(page) : takePictures(page));
} finally {
  await browser.close();
}

/** The suite's exit code comes back through the smoke-test driver. */
async function runSuite(page) {
  await page.exposeFunction('codeAutomationLog', (type, args) => console.log(`[${type}]`, ...args));
  const exited = new Promise((resolve) => page.exposeFunction('codeAutomationExit', resolve));
  await open(page, {
    extensionDevelopmentPath: remote(target),
    extensionTestsPath: remote(join(import.meta.dirname, 'suite', suite)),
  });
  return exited;
}

async function takePictures(page) {
  const picture = async (name) => {
    for (const theme of ['light', 'dark']) {
      await page.emulateMedia({ colorScheme: theme });
      await page.locator(`.monaco-workbench.vs${theme === 'dark' ? '-dark' : ':not(.vs-dark)'}`).waitFor();
      await page.waitForTimeout(400); // hovers and widgets fade in by scripts of their own
      await page.screenshot({
        path: join(target, `vscode-${name}-${theme}.png`),
      });
    }
  };
  try {
    await open(page, { openFile: remote(join(workspace, 'cards', 'post.py')) });
    await play(page, picture);
    return 0;
  } catch (error) {
    console.error(error);
    await page.screenshot({ path: join(target, 'vscode-failure.png') });
    return 1;
  }
}

async function open(page, payload) {
  const kind = workspace.endsWith('.code-workspace') ? 'workspace' : 'folder';
  const query = new URLSearchParams({
    [kind]: workspace,
    payload: JSON.stringify(Object.entries(payload)),
  });
  await page.goto(`${url}/?${query}`);
}

function remote(path) {
  return `vscode-remote://${new URL(url).host}${path}`;
}
