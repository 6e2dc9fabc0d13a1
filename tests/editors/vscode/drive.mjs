// Opens VS Code in Chromium. Either runs the suite inside the extension host and exits with its code:
//     node drive.mjs suite URL WORKSPACE EXTENSION
// or plays a person who hovers and asks, with pictures (the extension being installed):
//     node drive.mjs pictures URL WORKSPACE FOLDER THEME
import { join } from 'node:path';
import { chromium } from 'playwright-core';

const [mode, url, workspace, target, theme] = process.argv.slice(2);
const PATIENCE_MS = 45_000;
const NAME = 'make_card';
const QUESTION = 'What can make_card raise, and why?';

const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: ['--no-sandbox'] });
try {
  const page = await browser.newPage({ viewport: { width: 1280, height: 800 }, colorScheme: theme === 'light' ? 'light' : 'dark' });
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
    extensionTestsPath: remote(join(import.meta.dirname, 'suite', 'index.js')),
  });
  return exited;
}

async function takePictures(page) {
  const picture = async (name) => {
    await page.waitForTimeout(400); // hovers and widgets fade in by scripts of their own
    await page.screenshot({ path: join(target, `vscode-${name}-${theme}.png`) });
  };
  try {
    await hoverAndAsk(page, picture);
    return 0;
  } catch (error) {
    console.error(error);
    await picture('failure');
    return 1;
  }
}

async function hoverAndAsk(page, picture) {
  await open(page, { openFile: remote(join(workspace, 'cards', 'post.py')) });
  await page.locator('.statusbar-item', { hasText: /awake|drowsy|asleep/ }).waitFor();
  await showHover(page);
  await picture('hover');

  await page.keyboard.press('Escape');
  await page.locator('.view-line', { hasText: 'for name in names' }).getByText(NAME).click();
  await page.keyboard.press('F1');
  await page.keyboard.type('Sleeptime: Ask');
  await page.locator('.quick-input-list .monaco-list-row').first().waitFor();
  await page.keyboard.press('Enter');
  await page.locator('.quick-input-title', { hasText: 'Ask about this code' }).waitFor();
  await picture('ask');
  await page.keyboard.type(QUESTION);
  await page.keyboard.press('Enter');

  const answer = page.frameLocator('iframe.webview').frameLocator('iframe#active-frame');
  await answer.locator('h1', { hasText: QUESTION }).waitFor();
  await answer.locator('footer').waitFor();
  await answer.getByRole('button', { name: 'Ask again' }).click();
  await answer.getByRole('button', { name: 'Ask again' }).waitFor();
  await picture('answer');
  const cited = answer.locator('.evidence a').first();
  const file = (await cited.innerText()).replace(/:.*/, '').replace(/.*\//, '');
  await cited.click();
  await page.locator('.tab.active', { hasText: file }).waitFor();
  await page.locator('.statusbar-item', { hasText: /selected/ }).waitFor(); // the cited lines are selected
  await picture('cited');
}

/** Monaco opens a hover only for a mouse that rests; it is moved again until the hover has our words. */
async function showHover(page) {
  const name = page.locator('.view-line', { hasText: 'for name in names' }).getByText(NAME);
  await name.waitFor();
  const hover = page.locator('.monaco-hover .hover-contents').first();
  for (const deadline = Date.now() + PATIENCE_MS; Date.now() < deadline; ) {
    await page.mouse.move(600, 700);
    await name.hover();
    const shown = await hover.waitFor({ timeout: 3000 }).then(() => true, () => false);
    if (shown && (await hover.innerText()).includes(NAME)) return;
  }
  throw new Error(`No hover on ${NAME}.`);
}

async function open(page, payload) {
  const query = new URLSearchParams({ folder: workspace, payload: JSON.stringify(Object.entries(payload)) });
  await page.goto(`${url}/?${query}`);
}

function remote(path) {
  return `vscode-remote://${new URL(url).host}${path}`;
}
