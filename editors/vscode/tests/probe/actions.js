// What a test may do without the page: put the editor into a state, and what another extension does.

const vscode = require('vscode');

/**
 * The actions by their names.
 *
 * @param {object} batchpatch what batchpatch gives to other extensions
 */
exports.actionsWith = (batchpatch) => ({
  open,
  openUntitled,
  insert,
  replaceAll,
  configure,
  addFolder,
  closeAll,
  execute: (command, ...values) => vscode.commands.executeCommand(command, ...values),
  openUri,
  namesOfApi: () => Object.keys(batchpatch).sort(),
  batchpatch: (name, ...values) => batchpatch[name](...values),
});

const at = (name) => vscode.Uri.joinPath(vscode.workspace.workspaceFolders[0].uri, name);

/** Opens a file of the workspace in an editor that has the focus, with the cursor in a line, from 1. */
async function open(name, line = 1) {
  const cursor = new vscode.Position(line - 1, 0);
  const selection = new vscode.Range(cursor, cursor);
  await vscode.window.showTextDocument(at(name), { preview: false, selection });
}

/** Opens a new document that is in no file, and gives its URI. */
async function openUntitled(content, language) {
  const document = await vscode.workspace.openTextDocument({ content, language });
  await vscode.window.showTextDocument(document, { preview: false });
  return document.uri.toString();
}

/** Puts a text at the start of a line, from 1. */
async function insert(name, line, text) {
  const edit = new vscode.WorkspaceEdit();
  edit.insert(at(name), new vscode.Position(line - 1, 0), text);
  await vscode.workspace.applyEdit(edit);
}

/** Puts a text in the place of another one, wherever that stands. */
async function replaceAll(name, before, after) {
  const document = await vscode.workspace.openTextDocument(at(name));
  const edit = new vscode.WorkspaceEdit();
  const whole = new vscode.Range(0, 0, document.lineCount, 0);
  edit.replace(document.uri, whole, document.getText().replaceAll(before, after));
  await vscode.workspace.applyEdit(edit);
}

/** A user's setting; without a value, its default. */
async function configure(key, value) {
  await vscode.workspace.getConfiguration().update(key, value, vscode.ConfigurationTarget.Global);
}

/** Adds a folder to the workspace, behind those that it has. */
function addFolder(path) {
  const { workspaceFolders } = vscode.workspace;
  vscode.workspace.updateWorkspaceFolders(workspaceFolders.length, 0, {
    uri: vscode.Uri.file(path),
  });
}

/** Closes all editors, and drops what is not saved. */
async function closeAll() {
  // VS Code opens an editor for a document that something else has changed, but only after a while.
  for (const document of vscode.workspace.textDocuments.filter(({ isDirty }) => isDirty)) {
    await vscode.window.showTextDocument(document);
  }
  const isOpen = () => vscode.window.tabGroups.all.some((group) => group.tabs.length > 0);
  while (isOpen()) {
    await vscode.commands.executeCommand('workbench.action.revertAndCloseActiveEditor');
  }
}

/** Opens a URI of an extension, as a link in another program does. */
async function openUri(rest) {
  await vscode.commands.executeCommand(
    'vscode.open',
    vscode.Uri.parse(`${vscode.env.uriScheme}://${rest}`),
  );
}
