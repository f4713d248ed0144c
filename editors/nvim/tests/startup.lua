--- What a child runs at its start, in the place of a user's `init.lua`.

local options = vim.json.decode(vim.env.CHILD_OPTIONS)

vim.o.swapfile = false

notified = {}
vim.notify = function(message, level)
  table.insert(notified, { message = message, level = level })
end

local encodings = options.encoding and { general = { positionEncodings = { options.encoding } } }

--- Neovim 0.10 has no `vim.lsp.config`.
local is_old = vim.lsp.config == nil

if is_old and encodings then
  local start = vim.lsp.start
  vim.lsp.start = function(config, ...)
    local capabilities = config.capabilities or vim.lsp.protocol.make_client_capabilities()
    config.capabilities = vim.tbl_deep_extend('force', capabilities, encodings)
    return start(config, ...)
  end
elseif encodings then
  vim.lsp.config('batchpatch', { capabilities = encodings })
end

if options.plugin then
  vim.opt.runtimepath:prepend(options.plugin_folder)
  vim.g.batchpatch = vim.tbl_extend('force', { cmd = { options.server, 'lsp' } }, options.config)
  if is_old then
    require('batchpatch').setup()
  else
    vim.lsp.enable('batchpatch')
  end
else
  -- A client that knows nothing of the plugin, for one file type.
  local config = {
    name = 'batchpatch',
    cmd = { options.server, 'lsp' },
    root_dir = options.folder,
  }
  vim.api.nvim_create_autocmd('FileType', {
    pattern = 'rust',
    callback = function()
      vim.lsp.start(
        vim.tbl_extend('force', is_old and {} or vim.lsp.config.batchpatch or {}, config)
      )
    end,
  })
end
