--- A document beside the text that it would have, in Neovim's own diff mode.

local M = {}

local document_uri = require('batchpatch.document_uri')

---@class batchpatch.Diff
---@field document integer
---@field left integer the window of the document's text
---@field right integer the window of the text that it would have
---@field would_be integer the buffer of that
---@field borrowed? integer the buffer that the left window had before, where it was another
---@field is_own boolean whether the left window was opened for this

---@param text string
---@return string[]
local function lines_of(text)
  local lines = vim.split(text:gsub('\r\n?', '\n'), '\n')
  if #lines > 1 and lines[#lines] == '' then
    lines[#lines] = nil
  end
  return lines
end

---@param name string
---@param syntax string
---@return integer bufnr
local function scratch(name, syntax)
  local bufnr = vim.api.nvim_create_buf(false, true)
  vim.bo[bufnr].bufhidden = 'wipe'
  vim.bo[bufnr].syntax = syntax
  vim.api.nvim_buf_set_name(bufnr, ('batchpatch://%d/%s'):format(bufnr, name))
  return bufnr
end

---@param bufnr integer
---@param text string
local function set_text(bufnr, text)
  vim.bo[bufnr].modifiable = true
  vim.api.nvim_buf_set_lines(bufnr, 0, -1, true, lines_of(text))
  vim.bo[bufnr].modifiable = false
end

--- A window for the document: one that shows it, else the first that is neither the preview nor floats.
---@param bufnr integer the document's
---@param preview integer
---@return integer? window
local function window_for(bufnr, preview)
  local usable = vim.tbl_filter(function(window)
    return window ~= preview and vim.api.nvim_win_get_config(window).relative == ''
  end, vim.api.nvim_tabpage_list_wins(0))
  return vim.iter(usable):find(function(window)
    return vim.api.nvim_win_get_buf(window) == bufnr
  end) or usable[1]
end

--- The buffer that shows the document's text. A file that is not loaded is not loaded for this: it would
--- count as one that the user has opened.
---@param uri string an absolute one
---@param before string its text
---@return integer bufnr
local function document_buffer(uri, before)
  local bufnr = vim.uri_to_bufnr(uri)
  if vim.api.nvim_buf_is_loaded(bufnr) then
    return bufnr
  end
  local shown = scratch(vim.fs.basename(uri), vim.filetype.match({ filename = uri }) or '')
  set_text(shown, before)
  return shown
end

---@class batchpatch.Diff.Texts
---@field uri string
---@field before string the document's text
---@field after? string the text that it would have; nil where the batch would not be applied

--- Shows the text that the document would have now.
---@param diff batchpatch.Diff
---@param after? string
---@param before string
function M.update(diff, before, after)
  if not vim.api.nvim_buf_is_valid(diff.would_be) then
    return
  end
  set_text(diff.would_be, after or before)
  if vim.api.nvim_win_is_valid(diff.right) then
    vim.wo[diff.right].statusline = after and ' as it would be'
      or ' unchanged: what is ticked would not be applied'
    vim.api.nvim_win_call(diff.right, vim.cmd.diffupdate)
  end
end

--- Shows the document, in the place of what a window holds or, where that has to stay, beside it.
---@param bufnr integer the document's
---@param preview integer
---@return integer window
---@return integer? borrowed the buffer that the window had before
---@return boolean is_own whether the window is a new one
local function show(bufnr, preview)
  local window = window_for(bufnr, preview)
  if not window then
    return vim.api.nvim_open_win(bufnr, false, { split = 'above', win = preview }), nil, true
  end
  local previous = vim.api.nvim_win_get_buf(window)
  if previous == bufnr then
    return window, nil, false
  end
  if pcall(vim.api.nvim_win_set_buf, window, bufnr) then
    return window, previous, false
  end
  return vim.api.nvim_open_win(bufnr, false, { split = 'right', win = window }), nil, true
end

--- Opens the diff; the cursor stays where it is.
---@param document integer
---@param texts batchpatch.Diff.Texts
---@param folder string
---@param preview integer the preview's window
---@return batchpatch.Diff
function M.open(document, texts, folder, preview)
  local bufnr = document_buffer(document_uri.absolute(texts.uri, folder), texts.before)
  local left, borrowed, is_own = show(bufnr, preview)
  local would_be = scratch(vim.fs.basename(texts.uri), vim.bo[bufnr].syntax)
  local right = vim.api.nvim_open_win(would_be, false, { split = 'right', win = left })
  local diff = { ---@type batchpatch.Diff
    document = document,
    left = left,
    right = right,
    would_be = would_be,
    borrowed = borrowed,
    is_own = is_own,
  }
  M.update(diff, texts.before, texts.after)
  for _, window in ipairs({ left, right }) do
    vim.api.nvim_win_call(window, vim.cmd.diffthis)
  end
  return diff
end

--- Whether both of its windows are still there.
---@param diff batchpatch.Diff
---@return boolean
function M.is_open(diff)
  return vim.api.nvim_win_is_valid(diff.left) and vim.api.nvim_win_is_valid(diff.right)
end

--- Moves to a line of the document.
---@param diff batchpatch.Diff
---@param line integer from 1
function M.show_line(diff, line)
  if not vim.api.nvim_win_is_valid(diff.left) then
    return
  end
  local last = vim.api.nvim_buf_line_count(vim.api.nvim_win_get_buf(diff.left))
  vim.api.nvim_win_set_cursor(diff.left, { math.max(1, math.min(line, last)), 0 })
  vim.api.nvim_win_call(diff.left, function()
    vim.cmd('normal! zvzz')
    vim.cmd.syncbind()
  end)
end

--- Leaves the windows as they were before.
---@param diff batchpatch.Diff
function M.close(diff)
  if vim.api.nvim_win_is_valid(diff.right) then
    vim.api.nvim_win_close(diff.right, true)
  end
  if not vim.api.nvim_win_is_valid(diff.left) then
    return
  end
  vim.api.nvim_win_call(diff.left, vim.cmd.diffoff)
  if diff.is_own then
    pcall(vim.api.nvim_win_close, diff.left, true)
    return
  end
  if diff.borrowed and vim.api.nvim_buf_is_valid(diff.borrowed) then
    vim.api.nvim_win_set_buf(diff.left, diff.borrowed)
  end
end

return M
