--- The command, and what `vim.lsp.enable` does not do. Nothing is loaded before it is used.

if vim.g.loaded_batchpatch then
  return
end
vim.g.loaded_batchpatch = true

vim.api.nvim_create_user_command('BatchPatch', function(call)
  require('batchpatch.command').run(call)
end, {
  nargs = '+',
  range = true,
  complete = function(lead, line, cursor)
    return require('batchpatch.completion').complete(lead, line, cursor)
  end,
  desc = 'Apply, preview and take back batches of edits',
})

local group = vim.api.nvim_create_augroup('batchpatch', {})

vim.api.nvim_create_autocmd({ 'BufReadPost', 'BufNewFile' }, {
  group = group,
  callback = function(event)
    -- The file type is known only once the other handlers of this event are through.
    vim.schedule(function()
      require('batchpatch.attach').opened(event.buf)
    end)
  end,
  desc = 'Attach batchpatch to files that vim.lsp.enable passes over',
})

vim.api.nvim_create_autocmd('LspAttach', {
  group = group,
  callback = function(event)
    local client = vim.lsp.get_client_by_id(event.data.client_id)
    if client and client.name == 'batchpatch' then
      require('batchpatch.change_reports').watch(event.buf)
      require('batchpatch.disk').watch(event.buf)
    end
  end,
  desc = 'Watch what becomes of the files that batchpatch has',
})
