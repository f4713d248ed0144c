--- A batch's diff in a window of its own.

local M = {}

local name = 'batchpatch://preview'

---@return integer
local function scratch()
  local bufnr = vim.fn.bufadd(name)
  vim.fn.bufload(bufnr)
  vim.bo[bufnr].buftype = 'nofile'
  vim.bo[bufnr].bufhidden = 'wipe'
  vim.bo[bufnr].swapfile = false
  vim.bo[bufnr].modifiable = true
  return bufnr
end

--- Shows the outcome's diffs below the current window, which keeps the focus.
---@param outcome table
function M.show(outcome)
  local lines = {} ---@type string[]
  for _, document in ipairs(outcome.documents) do
    vim.list_extend(lines, vim.split(document.diff or '', '\n', { trimempty = true }))
  end
  if #lines == 0 then
    return
  end

  local bufnr = scratch()
  vim.api.nvim_buf_set_lines(bufnr, 0, -1, true, lines)
  vim.bo[bufnr].modifiable = false
  vim.bo[bufnr].filetype = 'diff'
  if #vim.fn.win_findbuf(bufnr) == 0 then
    vim.api.nvim_open_win(bufnr, false, { split = 'below' })
  end
end

return M
