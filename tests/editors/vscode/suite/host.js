// What the suites share: a runner, and ways to wait and to look at the server's process.
const { readFileSync, readdirSync } = require('node:fs');
const vscode = require('vscode');

const PATIENCE_MS = 30_000;

/** A suite for VS Code to call. Tests stand on those before them: the first failure rejects, which becomes exit code 1. */
exports.suite = (tests) => async () => {
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

exports.extension = () => vscode.extensions.getExtension('sleeptime.sleeptime');

exports.openPost = () => {
  const [folder] = vscode.workspace.workspaceFolders;
  return vscode.workspace.openTextDocument(vscode.Uri.joinPath(folder.uri, 'cards', 'post.py'));
};

/** The hover on `needle` as soon as there is one. */
exports.someHover = (needle) => exports.eventually(`a hover on ${needle}`, () => exports.hoverText(needle));

exports.hoverText = async (needle) => {
  const document = await exports.openPost();
  const position = document.positionAt(document.getText().indexOf(needle) + 2);
  const hovers = await vscode.commands.executeCommand('vscode.executeHoverProvider', document.uri, position);
  return hovers.flatMap((hover) => hover.contents.map((content) => content.value)).join('\n');
};

/** The language server: the child of the extension host whose command line says so. */
exports.serverProcess = () =>
  readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .find((pid) => parentOf(pid) === process.pid && read(pid, 'cmdline').includes('\0serve'));

/** What `check` returns once that is anything. */
exports.eventually = async (what, check) => {
  for (const deadline = Date.now() + PATIENCE_MS; Date.now() < deadline;) {
    const found = await check();
    if (found) return found;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`Waited ${PATIENCE_MS / 1000} s for ${what}.`);
};

function parentOf(pid) {
  return Number(
    read(pid, 'stat')
      .replace(/^.*\) \S /s, '')
      .split(' ')[0],
  );
}

function read(pid, file) {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8');
  } catch {
    return ''; // it ended meanwhile
  }
}
