// What a person does on a first morning, step by step; `picture(name)` keeps what they see.
const PATIENCE_MS = 45_000;
const NAME = 'make_card';
const READY = 'What does';
const CITED = /\.py:\d+/;
const LIVE = 'Which greeting is printed on a card, and where is it kept?';

export async function play(page, picture) {
  await page.locator('.statusbar-item', { hasText: /awake|drowsy|asleep/ }).waitFor();
  const steps = [hover, suggest, askLive, lens, tree, menu, report, walkthrough, chat];
  // STEPS=chat plays that part alone, for whoever works on it
  for (const step of steps.filter(({ name }) => (process.env.STEPS ?? name).includes(name))) await step(page, picture);
}

/** Monaco opens a hover only for a mouse that rests; it is moved again until the hover has our words. */
async function hover(page, picture) {
  const name = page.locator('.view-line', { hasText: 'for name in names' }).getByText(NAME);
  await name.waitFor();
  const shown = page.locator('.monaco-hover .hover-contents').first();
  for (const deadline = Date.now() + PATIENCE_MS; ;) {
    await page.mouse.move(600, 700);
    await name.hover();
    const open = await shown.waitFor({ timeout: 3000 }).then(
      () => true,
      () => false,
    );
    if (open && (await shown.innerText()).includes(NAME)) break;
    if (Date.now() > deadline) throw new Error(`No hover on ${NAME}.`);
  }
  await picture('hover');
  await page.keyboard.press('Escape');
}

/** Typing fills the list with what is answered already; Enter opens it at once. */
async function suggest(page, picture) {
  await page.locator('.view-line', { hasText: 'for name in names' }).getByText(NAME).click();
  await openPicker(page);
  await page.keyboard.type(READY);
  await row(page, 'pass').first().waitFor();
  await picture('suggest');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  await answer(page).getByRole('button', { name: 'Regenerate' }).waitFor();
}

/** A question without a ready answer is answered while one watches; a citation opens its lines. */
async function askLive(page, picture) {
  await openPicker(page);
  await page.keyboard.type(LIVE);
  await page.keyboard.press('Enter');
  await answer(page).locator('h1', { hasText: LIVE }).waitFor();
  await answer(page).getByRole('button', { name: 'Regenerate' }).waitFor();
  await picture('answer');
  const cited = answer(page).locator('.evidence a').first();
  const file = (await cited.innerText()).replace(/:.*/, '').replace(/.*\//, '');
  await cited.click();
  await page.locator('.tab.active', { hasText: file }).waitFor();
  await page.locator('.statusbar-item', { hasText: /selected/ }).waitFor(); // the cited lines are selected
  await picture('cited');
}

async function lens(page, picture) {
  await page.locator('.codelens-decoration a').first().waitFor();
  await page.locator('.codelens-decoration a').first().click();
  await answer(page).getByRole('button', { name: 'Regenerate' }).waitFor();
  await picture('lens');
}

/** Unfolds a row; a click that meets a tree which is just drawn again is lost, so it is repeated. */
async function unfold(rows, name, inside) {
  const wanted = rows.filter({ hasText: inside }).first();
  while (!(await wanted.isVisible())) {
    await rows.filter({ hasText: name }).first().click();
    await wanted.waitFor({ timeout: 8000 }).catch(() => undefined);
  }
}

/** The view is folded away at first, like all views of extensions. */
async function tree(page, picture) {
  await command(page, 'Explorer: Focus on Sleeptime View');
  await page.locator('.pane-header', { hasText: 'cards' }).click(); // the files, to make room
  const view = page.locator('.pane', { has: page.locator('.pane-header', { hasText: 'Sleeptime' }) });
  const rows = view.locator('.monaco-list-row'); // the files' rows, folded away, are still in the page
  await rows.filter({ hasText: 'Overview' }).waitFor();
  await unfold(rows, 'cards', 'make.py');
  await unfold(rows, 'make.py', 'make_card');
  await picture('tree');
}

async function menu(page, picture) {
  await page.locator('.statusbar-item', { hasText: /awake|drowsy|asleep/ }).click();
  await page
    .locator('.quick-input-list .monaco-list-row', {
      hasText: 'Pause for an hour',
    })
    .waitFor();
  await picture('menu');
  await page.keyboard.press('Escape');
}

async function report(page, picture) {
  await command(page, 'Sleeptime: Show report');
  await page.locator('.tab.active', { hasText: 'Sleeptime: Report' }).waitFor();
  await page.frameLocator('iframe.webview').last().frameLocator('iframe#active-frame').locator('h1').first().waitFor();
  await picture('report');
}

async function walkthrough(page, picture) {
  await closeAll(page);
  await command(page, 'Welcome: Open Walkthrough...');
  await page.keyboard.type('Get started with Sleeptime');
  await page.keyboard.press('Enter');
  await page.locator('.getting-started-step').first().waitFor();
  await picture('walkthrough');
}

/** No account and no other model: the participant is answered by the extension's own. */
async function chat(page, picture) {
  await closeAll(page);
  await command(page, 'Chat: Open Chat');
  await page.locator('.interactive-session .monaco-editor').last().click();
  await page.keyboard.type('@sleeptime');
  await page.locator('.suggest-widget .monaco-list-row', { hasText: 'sleeptime' }).first().waitFor();
  await page.keyboard.press('Tab');
  await page.keyboard.type('What does make_card do?');
  await page.keyboard.press('Enter');
  await page.locator('.interactive-response .rendered-markdown', { hasText: CITED }).first().waitFor();
  await picture('chat');
  await page.locator('.interactive-response a', { hasText: CITED }).first().click();
  await page.locator('.tab.active', { hasText: '.py' }).waitFor();
}

async function openPicker(page) {
  await command(page, 'Sleeptime: Ask about this code');
  await page.locator('.quick-input-title', { hasText: 'Ask about this code' }).waitFor();
}

/** Not before they are gone: whatever takes the focus closes the palette. */
async function closeAll(page) {
  await command(page, 'View: Close All Editors');
  await page.locator('.tabs-container .tab').first().waitFor({ state: 'detached' });
}

async function command(page, title) {
  await page.keyboard.press('F1');
  await page.locator('.quick-input-widget input').first().waitFor();
  await page.keyboard.type(title);
  await row(page).first().waitFor();
  await page.keyboard.press('Enter');
}

function row(page, icon) {
  const rows = page.locator('.quick-input-list .monaco-list-row');
  return icon === undefined ? rows : rows.filter({ has: page.locator(`.codicon-${icon}`) });
}

function answer(page) {
  return page.frameLocator('iframe.webview').frameLocator('iframe#active-frame');
}
