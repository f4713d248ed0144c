--- What a child runs at its start, in the place of a user's `init.lua`.

local options = vim.json.decode(vim.env.CHILD_OPTIONS)

vim.o.swapfile = false

notified = {}
vim.notify = function(message, level)
  table.insert(notified, { message = message, level = level })
end

if options.encoding then
  vim.lsp.config('batchpatch', {
    capabilities = { general = { positionEncodings = { options.encoding } } },
  })
end

if options.plugin then
  vim.opt.runtimepath:prepend(options.plugin_folder)
  vim.g.batchpatch = { cmd = { options.server, 'lsp' } }
  vim.lsp.enable('batchpatch')
else
  -- A client that knows nothing of the plugin, for one file type.
  vim.lsp.config('batchpatch', { cmd = { options.server, 'lsp' }, root_dir = options.folder })
  vim.api.nvim_create_autocmd('FileType', {
    pattern = 'rust',
    callback = function()
      vim.lsp.start(vim.lsp.config.batchpatch)
    end,
  })
end
