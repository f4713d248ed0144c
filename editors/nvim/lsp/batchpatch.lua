--- The server's configuration, for `vim.lsp.enable('batchpatch')`.
---
--- There is no `filetypes`: a batch may edit any file. `vim.g.batchpatch.cmd` names another program.

local settings = vim.g.batchpatch or {}

return {
  cmd = settings.cmd or { 'batchpatch', 'lsp' },
  root_markers = { '.git' },
  workspace_required = false,
  capabilities = {
    workspace = {
      -- What the handler below is, and Neovim's own is not.
      workspaceEdit = { documentChanges = true, failureHandling = 'textOnlyTransactional' },
    },
  },
  handlers = {
    ['workspace/applyEdit'] = function(...)
      return require('batchpatch.apply_edit').handle(...)
    end,
  },
}
