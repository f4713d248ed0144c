--- Whether a buffer's file is still the one that Neovim read or wrote last. `:write` would ask the user,
--- and wait for an answer, where it is not.

local M = {}

local seen = {} ---@type table<integer, string>

--- What tells one state of a file from another; the same where there is no file.
---@param bufnr integer
---@return string
local function state(bufnr)
  local stat = vim.uv.fs_stat(vim.api.nvim_buf_get_name(bufnr))
  if not stat then
    return 'no file'
  end
  return ('%d.%d %d %d'):format(stat.mtime.sec, stat.mtime.nsec, stat.size, stat.ino)
end

--- Takes the buffer's file, which Neovim has just read, as seen, and looks at it from now on.
---@param bufnr integer
function M.watch(bufnr)
  if seen[bufnr] then
    return
  end
  seen[bufnr] = state(bufnr)
  local group = vim.api.nvim_create_augroup('batchpatch.disk.' .. bufnr, {})
  local function on(events, callback)
    vim.api.nvim_create_autocmd(events, { group = group, buffer = bufnr, callback = callback })
  end
  on({ 'BufReadPost', 'BufWritePost', 'FileChangedShellPost' }, function()
    seen[bufnr] = state(bufnr)
  end)
  on('BufUnload', function()
    seen[bufnr] = nil
    vim.api.nvim_del_augroup_by_id(group)
  end)
end

---@param bufnr integer
---@return boolean
function M.has_changed(bufnr)
  return seen[bufnr] ~= nil and seen[bufnr] ~= state(bufnr)
end

return M
