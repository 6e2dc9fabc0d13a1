// Runs inside the real extension host, in a folder that the person has not trusted.
const assert = require('node:assert/strict');
const { writeFileSync, mkdirSync } = require('node:fs');
const { join } = require('node:path');
const vscode = require('vscode');
const { eventually, extension, openPost, someHover, suite } = require('./host');

exports.run = suite({
  async 'the folder is not trusted'() {
    assert.equal(vscode.workspace.isTrusted, false);
  },

  async "facts are shown all the same, from the person's own server"() {
    await openPost();
    await eventually('the extension is active', () => extension().isActive);
    await extension().exports.ready;
    assert.match(await someHover('make_card(name)'), /CardError/);
  },

  async "the folder's settings choose neither a program nor a model"() {
    const root = vscode.workspace.workspaceFolders[0].uri.fsPath;
    mkdirSync(join(root, '.vscode'), { recursive: true });
    const theirs = { 'sleeptime.server.command': ['/tmp/evil'], 'sleeptime.model.name': '/tmp/evil.gguf' };
    writeFileSync(join(root, '.vscode', 'settings.json'), JSON.stringify(theirs));
    const settings = () => vscode.workspace.getConfiguration('sleeptime');
    await new Promise((resolve) => setTimeout(resolve, 2000)); // VS Code reads the file when it notices it
    assert.deepEqual(settings().get('server.command'), []);
    assert.equal(settings().get('model.name'), 'echo');
    assert.match(await someHover('make_card(name)'), /CardError/);
  },
});
