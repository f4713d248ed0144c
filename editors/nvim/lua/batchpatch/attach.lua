--- `vim.lsp.enable` attaches when a buffer gets its file type, so never to a file that has none.

local M = {}

--- Attaches the server to a file without a type, where the user has enabled it for all files.
---@param bufnr integer
function M.untyped(bufnr)
  if not vim.api.nvim_buf_is_loaded(bufnr) or not vim.lsp.is_enabled('batchpatch') then
    return
  end
  if vim.bo[bufnr].buftype ~= '' or vim.bo[bufnr].filetype ~= '' then
    return
  end
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

return M
