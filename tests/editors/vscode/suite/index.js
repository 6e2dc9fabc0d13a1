// Runs inside the real extension host, on a rested copy of tests/repos/cards, with the real server and the echo model.
const assert = require('node:assert/strict');
const { dirname, join } = require('node:path');
const vscode = require('vscode');
const { eventually, extension, hoverText, openPost, serverProcess, someHover, suite } = require('./host');

const run = vscode.commands.executeCommand;

exports.run = suite({
  async 'the extension starts with the first Python file'() {
    await vscode.window.showTextDocument(await openPost());
    await eventually('the extension is active', () => extension().isActive);
    await extension().exports.ready;
  },

  async 'a hover on a known name holds its facts, once the repository is indexed'() {
    const text = await someHover('make_card(name)');
    assert.match(text, /make_card/);
    assert.match(text, /CardError/, 'what it raises is a fact');
  },

  async 'a hover is right behind an emoji on the same line'() {
    assert.match(await someHover('make_card("大家"'), /make_card/);
  },

  async 'a hover on no name is empty, at once'() {
    const document = await openPost();
    const hovers = await run('vscode.executeHoverProvider', document.uri, new vscode.Position(1, 0));
    assert.equal(hovers.length, 0);
  },

  async 'the server says what it is doing, and where its logs are'() {
    const { exports } = extension();
    await eventually('a status with a repository', () => exports.status()?.root);
    assert.match(exports.status().state, /^(indexing|awake|drowsy|asleep|answering|paused)$/);
    const { version, logDirectory } = exports.about();
    assert.match(version, /^\d+\.\d+/);
    await vscode.workspace.fs.stat(vscode.Uri.file(join(logDirectory, 'server.log')));
  },

  async 'what is typed finds answers that are ready, and one is opened'() {
    const ready = await extension().exports.suggest('What does make_card do?');
    assert.ok(ready.length > 0);
    assert.ok(ready.every(({ fresh }) => fresh));
    const answer = await run('sleeptime.openReady', ready[0]);
    assert.ok(answer.markdown.length > 0);
    assert.equal(answer.source, ready[0].model === '' ? 'facts' : 'cache');
  },

  async 'a question about the cursor is answered with evidence whose lines exist'() {
    const answer = await run('sleeptime.askQuestion', await question());
    assert.ok(answer.markdown.length > 0);
    assert.ok(answer.evidence.length > 0);
    for (const { uri, range } of answer.evidence) {
      const cited = await vscode.workspace.openTextDocument(vscode.Uri.parse(uri));
      assert.ok(range.end.line <= cited.lineCount, `${uri} has no line ${range.end.line}`);
    }
  },

  async 'a question without a ready answer is answered live'() {
    const asked = { ...(await question()), question: 'Which greeting stands on a card, and who chose it?' };
    assert.match((await run('sleeptime.askQuestion', asked)).source, /^(live|notes)$/);
  },

  async "the server's own command answers too, for other extensions"() {
    assert.ok((await run('sleeptime.ask', await question())).markdown.length > 0);
  },

  async 'the module in front is explained'() {
    await vscode.window.showTextDocument(await openPost());
    assert.ok((await run('sleeptime.explainThisModule')).markdown.length > 0);
  },

  async 'code lenses offer what is ready, and a click shows it'() {
    const { uri } = await makeCard();
    const lenses = await eventually('code lenses', async () => {
      const found = await run('vscode.executeCodeLensProvider', uri, 20);
      return found.length > 0 && found;
    });
    const { command } = lenses.find((lens) => lens.command?.command === 'sleeptime.show');
    const shown = await run(command.command, ...command.arguments);
    assert.ok(shown.markdown.length > 0);
  },

  async 'the explorer lists modules, and their questions below them'() {
    const { notes } = extension().exports;
    const top = await eventually('the tree', async () => {
      const found = await notes.getChildren();
      return found.some(({ kind }) => kind === 'folder') && found;
    });
    assert.deepEqual(
      top.slice(0, 3).map(({ topic }) => topic),
      ['overview', 'tour', 'briefing'],
    );
    const modules = await notes.getChildren(top.find(({ kind }) => kind === 'folder'));
    const make = modules.find(({ module }) => module?.path === 'cards/make.py');
    const questions = await notes.getChildren(make);
    assert.ok(questions.length > 0);
    assert.ok(questions.every(({ question: { path } }) => path === 'cards/make.py'));
    for (const note of [...top, ...modules, ...questions]) assert.ok(notes.getTreeItem(note).label);
  },

  async 'a module is excluded and included again from its context menu'() {
    const { notes } = extension().exports;
    const make = async () => {
      const folder = (await notes.getChildren()).find(({ kind }) => kind === 'folder');
      return (await notes.getChildren(folder)).find(({ module }) => module?.path === 'cards/make.py');
    };
    await run('sleeptime.exclude', await make());
    await eventually('the exclusion', async () => (await make()).module.state === 'excluded');
    await run('sleeptime.include', await make());
    await eventually('the inclusion', async () => (await make()).module.state !== 'excluded');
  },

  async 'it pauses and resumes when told to'() {
    const state = () => extension().exports.status().state;
    await run('sleeptime.pauseAnHour');
    await eventually('a pause', () => state() === 'paused');
    await run('sleeptime.resume');
    await eventually('the end of the pause', () => state() !== 'paused');
  },

  async "the extension's own model answers, without an account"() {
    const [model] = await eventually('the model', async () => {
      const found = await vscode.lm.selectChatModels({ vendor: 'sleeptime' });
      return found.length > 0 && found;
    });
    const asked = [vscode.LanguageModelChatMessage.User('What does make_card do?')];
    const response = await model.sendRequest(asked, {}, new vscode.CancellationTokenSource().token);
    let text = '';
    for await (const piece of response.text) text += piece;
    assert.ok(text.length > 0);
  },

  async 'agents may ask through a tool, and get citations'() {
    assert.ok(vscode.lm.tools.some(({ name }) => name === 'sleeptime_ask'));
    const input = { question: 'What does make_card do?', path: 'cards/post.py' };
    const { content } = await vscode.lm.invokeTool('sleeptime_ask', { input, toolInvocationToken: undefined });
    assert.match(content[0].value, /Evidence:\n- cards\/\w+\.py:\d+/);
  },

  async 'the tour and the report are those of the command line'() {
    const tour = await run('sleeptime.takeTour');
    assert.match(tour.markdown, /1\. cards\/\w+\.py:\d+/);
    assert.match(await extension().exports.report(), /<svg|<table/);
  },

  async 'what a report of a fault needs is copied'() {
    const text = await run('sleeptime.copyDebugInformation');
    assert.match(text, /the setting sleeptime.server.interpreter/);
    assert.match(text, /SQLite/, 'the doctor was asked');
  },

  async 'a folder added to the workspace is served too'() {
    const other = vscode.Uri.file(join(dirname(vscode.workspace.workspaceFile.fsPath), 'greetings'));
    assert.ok(vscode.workspace.updateWorkspaceFolders(1, 0, { uri: other }));
    const document = await vscode.workspace.openTextDocument(vscode.Uri.joinPath(other, 'cards', 'post.py'));
    const position = document.positionAt(document.getText().indexOf('make_card(name)') + 2);
    await eventually('a hover in the other folder', async () => {
      const hovers = await run('vscode.executeHoverProvider', document.uri, position);
      return hovers.length > 0;
    });
    const roots = await extension().exports.notes.getChildren();
    assert.deepEqual(
      roots.map(({ kind, name }) => [kind, name]),
      [
        ['root', 'cards'],
        ['root', 'greetings'],
      ],
    );
  },

  async 'a server that dies is started again'() {
    const before = serverProcess();
    process.kill(before, 'SIGKILL');
    await eventually('another server', () => ![before, undefined].includes(serverProcess()));
    assert.match(await someHover('make_card(name)'), /make_card/);
  },

  async 'the restart command starts another server'() {
    const before = serverProcess();
    await run('sleeptime.restartServer');
    assert.notEqual(serverProcess(), before);
    assert.match(await someHover('make_card(name)'), /make_card/);
  },

  async 'a changed setting holds at once, without another start'() {
    const before = serverProcess();
    const settings = vscode.workspace.getConfiguration('sleeptime.hover');
    await settings.update('enabled', false, vscode.ConfigurationTarget.Workspace);
    await eventually('no hover', async () => (await hoverText('make_card(name)')) === '');
    await settings.update('enabled', undefined, vscode.ConfigurationTarget.Workspace);
    assert.match(await someHover('make_card(name)'), /make_card/);
    assert.equal(serverProcess(), before);
  },

  async 'what changed since the last visit is told when asked for'() {
    const told = await run('sleeptime.showBriefing');
    assert.ok(told.markdown.length > 0);
  },
});

/** The question, asked from `make_card(name)`. */
async function question() {
  const document = await openPost();
  const { line, character } = document.positionAt(document.getText().indexOf('make_card(name)') + 2);
  return { question: 'What does make_card do?', uri: document.uri.toString(), position: { line, character } };
}

function makeCard() {
  const [folder] = vscode.workspace.workspaceFolders;
  return vscode.workspace.openTextDocument(vscode.Uri.joinPath(folder.uri, 'cards', 'make.py'));
}
