--- Carries text edits out in a buffer, so that what points at a line stays with it.
---
--- Neovim's own way to do it makes a deleted line one with the line below, whose marks are lost then or
--- come back on another line. Here whole lines are inserted and deleted as such, and Neovim moves marks,
--- folds, jumps and cursors with the lines below.

local M = {}

---@class batchpatch.Change Zero-based, the end excluded.
---@field first integer
---@field first_column? integer in bytes; nil: whole lines are changed
---@field last integer
---@field last_column? integer
---@field lines string[]

---@param bufnr integer
---@param row integer
---@return string
local function line_at(bufnr, row)
  return vim.api.nvim_buf_get_lines(bufnr, row, row + 1, false)[1] or ''
end

---@param line string
---@param character integer
---@param encoding 'utf-8'|'utf-16'|'utf-32'
---@return integer
local function byte_column(line, character, encoding)
  if encoding == 'utf-8' or character == 0 then
    return math.min(character, #line)
  end
  if vim.fn.has('nvim-0.11') == 1 then
    return vim.str_byteindex(line, encoding, character, false)
  end
  local is_inside, column = pcall(vim.str_byteindex, line, character, encoding == 'utf-16')
  return is_inside and column or #line
end

--- What an edit changes, in whole lines where it can be said so. Not so at the end: of whole lines that
--- are changed there Neovim tells servers something wrong, where the text has no final line end.
---@param bufnr integer
---@param edit lsp.TextEdit
---@param encoding 'utf-8'|'utf-16'|'utf-32'
---@return batchpatch.Change? change nil: the edit is not inside of the buffer
local function change_of(bufnr, edit, encoding)
  local from, to = edit.range.start, edit.range['end']
  local lines = vim.split(edit.newText:gsub('\r\n?', '\n'), '\n')
  local count = vim.api.nvim_buf_line_count(bufnr)
  local starts_line = from.character == 0 and to.character == 0
  if starts_line and to.line < count and lines[#lines] == '' then
    return { first = from.line, last = to.line, lines = vim.list_slice(lines, 1, #lines - 1) }
  end
  if to.line >= count then
    return nil
  end
  local start, stop = line_at(bufnr, from.line), line_at(bufnr, to.line)
  local first_column = byte_column(start, from.character, encoding)
  local last_column = byte_column(stop, to.character, encoding)
  local ends_line = first_column == #start and last_column == #stop
  if ends_line and to.line + 1 < count and lines[1] == '' then
    return { first = from.line + 1, last = to.line + 1, lines = vim.list_slice(lines, 2) }
  end
  return {
    first = from.line,
    first_column = first_column,
    last = to.line,
    last_column = last_column,
    lines = lines,
  }
end

---@param bufnr integer
---@return vim.fn.getmarklist.ret.item[]
local function user_marks(bufnr)
  return vim.tbl_filter(function(mark)
    return mark.mark:match("^'%l$") ~= nil
  end, vim.fn.getmarklist(bufnr))
end

--- Puts marks whose lines were replaced at the line that stands there now. Neovim takes them away.
---@param bufnr integer
---@param change batchpatch.Change
---@param marks vim.fn.getmarklist.ret.item[] as they were before the change
local function put_back(bufnr, change, marks)
  for _, mark in ipairs(marks) do
    local row = mark.pos[2] - 1
    if change.first <= row and row <= change.last then
      local last = change.first + #change.lines - 1
      local now = row == change.last and last or math.min(row, last)
      local column = math.min(mark.pos[3] - 1, #line_at(bufnr, now))
      vim.api.nvim_buf_set_mark(bufnr, mark.mark:sub(2), now + 1, column, {})
    end
  end
end

---@param bufnr integer
---@param change batchpatch.Change
---@param has_marks boolean
local function carry_out(bufnr, change, has_marks)
  local first, last, lines = change.first, change.last, change.lines
  if not change.first_column then
    vim.api.nvim_buf_set_lines(bufnr, first, last, true, lines)
    return
  end
  local marks = has_marks and user_marks(bufnr) or {}
  vim.api.nvim_buf_set_text(bufnr, first, change.first_column, last, change.last_column, lines)
  put_back(bufnr, change, marks)
end

--- Remembers which line is the first in each window of the buffer. The first line of all stays it.
---@param bufnr integer
---@return fun() restore
local function hold_top_lines(bufnr)
  local space = vim.api.nvim_create_namespace('')
  local marks = {} ---@type table<integer, integer>
  for _, window in ipairs(vim.fn.win_findbuf(bufnr)) do
    local top = vim.fn.getwininfo(window)[1].topline
    if top > 1 then
      marks[window] = vim.api.nvim_buf_set_extmark(bufnr, space, top - 1, 0, {})
    end
  end
  return function()
    for window, mark in pairs(marks) do
      local row = vim.api.nvim_buf_get_extmark_by_id(bufnr, space, mark, {})[1]
      vim.api.nvim_win_call(window, function()
        vim.fn.winrestview({ topline = row + 1 })
      end)
    end
    vim.api.nvim_buf_clear_namespace(bufnr, space, 0, -1)
  end
end

--- Carries out edits that stand from the end of the text to its start and do not overlap.
---@param bufnr integer a loaded buffer
---@param edits lsp.TextEdit[]
---@param encoding 'utf-8'|'utf-16'|'utf-32'
function M.apply(bufnr, edits, encoding)
  local restore = hold_top_lines(bufnr)
  local has_marks = #user_marks(bufnr) > 0
  for _, edit in ipairs(edits) do
    local change = change_of(bufnr, edit, encoding)
    if change then
      carry_out(bufnr, change, has_marks)
    else
      vim.lsp.util.apply_text_edits({ edit }, bufnr, encoding)
    end
  end
  restore()
end

return M
