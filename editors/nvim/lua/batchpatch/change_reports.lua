--- What Neovim tells servers about a buffer's changes, and where that is wrong.
---
--- Neovim 0.11 has two faults here. When a change leaves one blank line, it reports two. And it stops
--- reporting for good when a buffer is changed while no server is attached to it, as between the end
--- of a server and the start of the next one; versions then stand still, so that an edit made for
--- another text looks current. The first is put right here, the second can only be noticed.

local M = {}

local buffer_text = require('batchpatch.buffer_text')
local server = require('batchpatch.server')

---@class batchpatch.LastChange
---@field tick integer? the `changedtick` after the last change
---@field name string the buffer's name then; under another one Neovim counts anew

local last = {} ---@type table<integer, batchpatch.LastChange>

---@param bufnr integer
---@param tick integer?
local function remember(bufnr, tick)
  last[bufnr] = { tick = tick, name = vim.api.nvim_buf_get_name(bufnr) }
end

--- Tells the server the whole text, which is one blank line.
---@param bufnr integer
local function report_blank_line(bufnr)
  for _, client in ipairs(vim.lsp.get_clients({ name = 'batchpatch', bufnr = bufnr })) do
    -- Any other notification makes Neovim send the wrong report first; servers ignore unknown ones
    -- of this kind.
    server.notify(client, '$/batchpatch/flush', vim.empty_dict())
    server.notify(client, 'textDocument/didChange', {
      textDocument = {
        uri = vim.uri_from_bufnr(bufnr),
        version = vim.lsp.util.buf_versions[bufnr],
      },
      contentChanges = { { text = buffer_text(bufnr) } },
    })
  end
end

---@param bufnr integer
---@return boolean
local function is_one_blank_line(bufnr)
  return vim.api.nvim_buf_line_count(bufnr) == 1
    and vim.api.nvim_buf_get_lines(bufnr, 0, 1, true)[1] == ''
end

--- Looks at the buffer's changes from now on.
---@param bufnr integer
function M.watch(bufnr)
  if last[bufnr] then
    return
  end
  remember(bufnr, nil)
  vim.api.nvim_buf_attach(bufnr, false, {
    on_lines = function(_, _, tick)
      remember(bufnr, tick)
      if is_one_blank_line(bufnr) then
        report_blank_line(bufnr)
      end
    end,
    on_reload = function()
      remember(bufnr, nil)
    end,
    on_detach = function()
      last[bufnr] = nil
    end,
  })
end

--- False where a change of the buffer was seen here and not reported.
---@param bufnr integer
---@return boolean
function M.are_complete(bufnr)
  local change = last[bufnr]
  if not change or not change.tick or change.name ~= vim.api.nvim_buf_get_name(bufnr) then
    return true
  end
  return change.tick == vim.lsp.util.buf_versions[bufnr]
end

return M
