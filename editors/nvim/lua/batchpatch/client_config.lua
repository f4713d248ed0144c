--- What Neovim is to know of the server, for `vim.lsp.enable` and for `vim.lsp.start`.

--- There is no `filetypes`: a batch may edit any file.
---@return vim.lsp.ClientConfig
return function()
  local config = require('batchpatch.config').get()
  return {
    cmd = config.cmd,
    init_options = config.settings,
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
    commands = {
      -- Code actions arrive here, so that what is said and saved is as after `:BatchPatch apply`.
      ['batchpatch.apply'] = function(command)
        require('batchpatch.command').apply(command.arguments[1])
      end,
    },
  }
end
