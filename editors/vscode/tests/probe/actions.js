// What a test may do without the page: put the editor into a state, and what another extension does.

const vscode = require('vscode');

const at = (name) => vscode.Uri.joinPath(vscode.workspace.workspaceFolders[0].uri, name);

/** Opens a file of the workspace in an editor that has the focus. */
exports.open = async (name) => {
  await vscode.window.showTextDocument(at(name), { preview: false });
};

/** Opens a new document that is in no file, and gives its URI. */
exports.openUntitled = async (content, language) => {
  const document = await vscode.workspace.openTextDocument({ content, language });
  await vscode.window.showTextDocument(document, { preview: false });
  return document.uri.toString();
};

/** Puts a text at the start of a line, from 1, of a document, as another program would. */
exports.insert = async (name, line, text) => {
  const edit = new vscode.WorkspaceEdit();
  edit.insert(at(name), new vscode.Position(line - 1, 0), text);
  return vscode.workspace.applyEdit(edit);
};

/** The text that a document of any scheme has. */
exports.textOf = async (uri) => (await vscode.workspace.openTextDocument(vscode.Uri.parse(uri))).getText();

/** A user's setting; without a value, its default. */
exports.configure = async (key, value) => {
  await vscode.workspace.getConfiguration().update(key, value, vscode.ConfigurationTarget.Global);
};

/** A setting of the workspace. */
exports.configureWorkspace = async (key, value) => {
  await vscode.workspace.getConfiguration().update(key, value, vscode.ConfigurationTarget.Workspace);
};

/** Closes all editors, and drops what is not saved in them. */
exports.closeAll = async () => {
  const isOpen = () => vscode.window.tabGroups.all.some((group) => group.tabs.length > 0);
  while (isOpen()) {
    await vscode.commands.executeCommand('workbench.action.revertAndCloseActiveEditor');
  }
};

/** A command of VS Code itself. */
exports.execute = async (command, ...values) => {
  values.pop();
  await vscode.commands.executeCommand(command, ...values);
};

/** A function of what batchpatch gives to other extensions. */
exports.batchpatch = (name, values, api) => api[name](...values);

exports.apiOf = (api) => Object.keys(api).sort();

/** Opens a URI for an extension, as a link in another program does. */
exports.openUri = async (authority, rest) => {
  const uri = vscode.Uri.parse(`${vscode.env.uriScheme}://${authority}${rest}`);
  await vscode.commands.executeCommand('vscode.open', uri);
};

exports.clipboard = (text) => vscode.env.clipboard.writeText(text);
