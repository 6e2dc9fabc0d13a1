// Runs inside the real extension host, on a copy of tests/repos/cards, with the real server and the echo model.
const assert = require('node:assert/strict');
const { readFileSync, readdirSync } = require('node:fs');
const vscode = require('vscode');

const PATIENCE_MS = 30_000;

const tests = {
  async 'the extension starts with the first Python file'() {
    await openPost();
    const extension = vscode.extensions.getExtension('sleeptime.sleeptime');
    await eventually('the extension is active', () => extension.isActive);
    await extension.exports.ready;
  },

  async 'a hover on a known name holds its facts, once the repository is indexed'() {
    const text = await someHover('make_card(name)');
    assert.match(text, /make_card/);
    assert.match(text, /CardError/, 'what it raises is a fact');
  },

  async 'a hover is right behind an emoji on the same line'() {
    const text = await someHover('make_card("大家"');
    assert.match(text, /make_card/);
  },

  async 'a hover on no name is empty, at once'() {
    const document = await openPost();
    const hovers = await vscode.commands.executeCommand('vscode.executeHoverProvider', document.uri, new vscode.Position(1, 0));
    assert.equal(hovers.length, 0);
  },

  async 'the server says what it is doing'() {
    const { exports } = vscode.extensions.getExtension('sleeptime.sleeptime');
    await eventually('a status with a repository', () => exports.status()?.root);
    assert.match(exports.status().state, /^(indexing|awake|drowsy|asleep|answering|paused)$/);
  },

  async 'a question about the cursor is answered with evidence whose lines exist'() {
    await openPost();
    const answer = await vscode.commands.executeCommand('sleeptime.askQuestion', await question());
    assert.ok(answer.markdown.length > 0);
    assert.ok(answer.evidence.length > 0);
    assert.match(answer.source, /^(cache|notes|live|facts)$/);
    for (const { uri, range } of answer.evidence) {
      const cited = await vscode.workspace.openTextDocument(vscode.Uri.parse(uri));
      assert.ok(range.end.line <= cited.lineCount, `${uri} has no line ${range.end.line}`);
    }
  },

  async "the server's own command answers too, for other extensions"() {
    const answer = await vscode.commands.executeCommand('sleeptime.ask', await question());
    assert.ok(answer.markdown.length > 0);
  },

  async 'the module in front is explained'() {
    await vscode.window.showTextDocument(await openPost());
    const answer = await vscode.commands.executeCommand('sleeptime.explainThisModule');
    assert.ok(answer.markdown.length > 0);
  },

  async 'a server that dies is started again'() {
    await openPost();
    const before = serverProcess();
    process.kill(before, 'SIGKILL');
    await eventually('another server', () => ![before, undefined].includes(serverProcess()));
    assert.match(await someHover('make_card(name)'), /make_card/);
  },

  async 'the restart command starts another server'() {
    const before = serverProcess();
    await vscode.commands.executeCommand('sleeptime.restartServer');
    assert.notEqual(serverProcess(), before);
    assert.match(await someHover('make_card(name)'), /make_card/);
  },

  async 'a changed setting reaches the server, which is started anew'() {
    const before = serverProcess();
    const settings = vscode.workspace.getConfiguration('sleeptime.hover');
    await settings.update('enabled', false, vscode.ConfigurationTarget.Workspace);
    await eventually('another server', () => ![before, undefined].includes(serverProcess()));
    await vscode.commands.executeCommand('sleeptime.askQuestion', await question()); // it waits for the start
    assert.equal(await hoverText('make_card(name)'), '');
    await settings.update('enabled', undefined, vscode.ConfigurationTarget.Workspace);
    assert.match(await someHover('make_card(name)'), /make_card/);
  },
};

/** VS Code calls this; a rejection becomes exit code 1. Tests stand on those before them: the first failure ends the run. */
exports.run = async function () {
  for (const [name, test] of Object.entries(tests)) {
    const started = Date.now();
    try {
      await test();
    } catch (error) {
      console.log(`FAIL ${name}: ${error.stack}`);
      throw error;
    }
    console.log(`ok   ${name} (${Date.now() - started} ms)`);
  }
};

function openPost() {
  const [folder] = vscode.workspace.workspaceFolders;
  return vscode.workspace.openTextDocument(vscode.Uri.joinPath(folder.uri, 'cards', 'post.py'));
}

/** The question, asked from `make_card(name)`. */
async function question() {
  const document = await openPost();
  const { line, character } = document.positionAt(document.getText().indexOf('make_card(name)') + 2);
  return { question: 'What does make_card do?', uri: document.uri.toString(), position: { line, character } };
}

/** The hover on `needle` as soon as there is one. */
function someHover(needle) {
  return eventually(`a hover on ${needle}`, () => hoverText(needle));
}

async function hoverText(needle) {
  const document = await openPost();
  const position = document.positionAt(document.getText().indexOf(needle) + 2);
  const hovers = await vscode.commands.executeCommand('vscode.executeHoverProvider', document.uri, position);
  return hovers.flatMap((hover) => hover.contents.map((content) => content.value)).join('\n');
}

/** The language server: the child of the extension host whose command line says so. */
function serverProcess() {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .find((pid) => parentOf(pid) === process.pid && read(pid, 'cmdline').includes('\0serve'));
}

function parentOf(pid) {
  return Number(read(pid, 'stat').replace(/^.*\) \S /s, '').split(' ')[0]);
}

function read(pid, file) {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8');
  } catch {
    return ''; // it ended meanwhile
  }
}

/** What `check` returns once that is anything. */
async function eventually(what, check) {
  for (const deadline = Date.now() + PATIENCE_MS; Date.now() < deadline; ) {
    const found = await check();
    if (found) return found;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`Waited ${PATIENCE_MS / 1000} s for ${what}.`);
}
