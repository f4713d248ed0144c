--- The window of the preview.

local M = {}

local config = require('batchpatch.config')

local name = 'batchpatch://preview'

--- The window's share of the editor's lines, at most.
local share = 0.4

---@return integer
local function buffer()
  local bufnr = vim.fn.bufadd(name)
  vim.fn.bufload(bufnr)
  vim.bo[bufnr].buftype = 'nofile'
  vim.bo[bufnr].bufhidden = 'wipe'
  vim.bo[bufnr].swapfile = false
  vim.bo[bufnr].undolevels = -1
  vim.bo[bufnr].modifiable = false
  if vim.bo[bufnr].filetype ~= 'batchpatch' then
    vim.bo[bufnr].filetype = 'batchpatch'
  end
  return bufnr
end

---@param height integer
---@return vim.api.keyset.win_config
local function as_float(height)
  local width = math.floor(vim.o.columns * 0.9)
  return {
    relative = 'editor',
    row = vim.o.lines - height - vim.o.cmdheight - 4,
    col = math.floor((vim.o.columns - width) / 2),
    width = width,
    height = height,
    border = 'rounded',
    title = ' batchpatch ',
  }
end

---@param bufnr integer
---@param lines integer how many it has to show
---@param enters boolean
---@return integer window
local function open(bufnr, lines, enters)
  local height = math.max(5, math.min(lines + 1, math.floor(vim.o.lines * share)))
  local is_float = config.get().preview == 'float'
  local window = vim.api.nvim_open_win(
    bufnr,
    enters,
    is_float and as_float(height) or { split = 'below', win = -1, height = height }
  )
  vim.wo[window].number = false
  vim.wo[window].relativenumber = false
  vim.wo[window].signcolumn = 'no'
  vim.wo[window].wrap = false
  vim.wo[window].cursorline = true
  vim.wo[window].winfixheight = true
  return window
end

--- The window, opened if it is not there yet in this tab page.
---@param lines integer how many it has to show
---@param enters boolean whether the cursor goes there
---@return integer bufnr
---@return integer window
function M.open(lines, enters)
  local bufnr = buffer()
  local window = vim.fn.bufwinid(bufnr)
  if window == -1 then
    return bufnr, open(bufnr, lines, enters)
  end
  if enters then
    vim.api.nvim_set_current_win(window)
  end
  return bufnr, window
end

--- Shows other lines.
---@param bufnr integer
---@param lines string[]
function M.set_lines(bufnr, lines)
  vim.bo[bufnr].modifiable = true
  vim.api.nvim_buf_set_lines(bufnr, 0, -1, true, lines)
  vim.bo[bufnr].modifiable = false
end

return M
