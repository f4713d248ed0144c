// What VS Code's API says of documents, tabs and diagnostics, and what batchpatch's API has told.

const vscode = require('vscode');

/** Calls `tell` with the state now and after each change. What changes at once is told once. */
exports.observe = (batchpatch, tell) => {
  const events = [];
  let asked = false;
  const later = () => {
    if (asked) return;
    asked = true;
    setImmediate(() => {
      asked = false;
      tell({ ...look(), events });
    });
  };
  const record = (name) => (value) => {
    events.push({ name, value });
    later();
  };
  later();
  return vscode.Disposable.from(
    vscode.workspace.onDidOpenTextDocument(later),
    vscode.workspace.onDidChangeTextDocument(later),
    vscode.workspace.onDidSaveTextDocument(later),
    vscode.workspace.onDidCloseTextDocument(later),
    vscode.workspace.onDidGrantWorkspaceTrust(later),
    vscode.window.onDidChangeActiveTextEditor(later),
    vscode.window.tabGroups.onDidChangeTabs(later),
    vscode.languages.onDidChangeDiagnostics(later),
    ...Object.keys(batchpatch)
      .filter((name) => name.startsWith('onDid'))
      .map((name) => batchpatch[name](record(name))),
  );
};

function look() {
  const active = vscode.window.activeTextEditor;
  return {
    documents: Object.fromEntries(vscode.workspace.textDocuments.map(documentOf)),
    tabs: vscode.window.tabGroups.all.flatMap((group) => group.tabs.map(tabOf)),
    active: active ? nameOf(active.document.uri) : null,
    diagnostics: Object.fromEntries(
      vscode.languages
        .getDiagnostics()
        .map(([uri, found]) => [nameOf(uri), found.map(diagnosticOf)]),
    ),
    trusted: vscode.workspace.isTrusted,
  };
}

const documentOf = (document) => [
  nameOf(document.uri),
  { text: document.getText(), dirty: document.isDirty, language: document.languageId },
];

const tabOf = ({ label, isActive, isDirty, input }) => ({
  label,
  isActive,
  isDirty,
  uri: input?.uri && nameOf(input.uri),
  original: input?.original && nameOf(input.original),
  modified: input?.modified && nameOf(input.modified),
});

const diagnosticOf = ({ source, code, message, range }) => ({
  source,
  code: code?.value ?? code,
  message,
  line: range.start.line + 1,
});

/** The path in the workspace where there is one, else the URI. */
const nameOf = (uri) =>
  uri.scheme === 'file' ? vscode.workspace.asRelativePath(uri, false) : uri.toString();
