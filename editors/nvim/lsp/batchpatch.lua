--- The server's configuration, for `vim.lsp.enable('batchpatch')`.

return vim.tbl_extend('error', require('batchpatch.client_config')(), {
  root_markers = { '.git' },
  workspace_required = false,
})
