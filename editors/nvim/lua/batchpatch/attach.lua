--- `vim.lsp.enable` attaches when a buffer gets its file type, so never to a file that has none; and
--- Neovim 0.10 has no `vim.lsp.enable`.

local M = {}

local server = require('batchpatch.server')

local set_up = false

--- Attaches the server to a file as `vim.lsp.enable` would.
---@param bufnr integer
local function enabled(bufnr)
  local config = vim.lsp.config.batchpatch
  if config.filetypes then
    return
  end
  local function start(root)
    local rooted = vim.tbl_extend('force', config, { root_dir = root })
    vim.lsp.start(rooted, { bufnr = bufnr, reuse_client = config.reuse_client, silent = true })
  end
  if type(config.root_dir) == 'function' then
    config.root_dir(bufnr, vim.schedule_wrap(start))
  else
    start(config.root_dir or vim.fs.root(bufnr, config.root_markers or {}))
  end
end

--- Attaches the server to a file on Neovim 0.10. A program that cannot be run would be told for each
--- file there; `:BatchPatch` and `:checkhealth` tell it where it matters.
---@param bufnr integer
local function started(bufnr)
  local config = require('batchpatch.client_config')()
  if vim.fn.executable(config.cmd[1]) == 0 then
    return
  end
  config.name = 'batchpatch'
  config.root_dir = vim.fs.root(bufnr, { '.git' })
  -- From 0.11 on they add to what every client can.
  config.capabilities =
    vim.tbl_deep_extend('force', vim.lsp.protocol.make_client_capabilities(), config.capabilities)
  vim.lsp.start(config, { bufnr = bufnr })
end

--- Attaches the server to a file that was opened, where the user has enabled it and Neovim has not
--- attached it already.
---@param bufnr integer
function M.opened(bufnr)
  if not server.is_file(bufnr) then
    return
  end
  if set_up then
    started(bufnr)
  elseif vim.lsp.config and vim.bo[bufnr].filetype == '' and vim.lsp.is_enabled('batchpatch') then
    enabled(bufnr)
  end
end

--- Enables the server for all files.
function M.set_up()
  if vim.lsp.enable then
    vim.lsp.enable('batchpatch')
    return
  end
  set_up = true
  vim.iter(vim.api.nvim_list_bufs()):each(M.opened)
end

--- Whether `set_up` stands in for `vim.lsp.enable`.
---@return boolean
function M.is_set_up()
  return set_up
end

return M
