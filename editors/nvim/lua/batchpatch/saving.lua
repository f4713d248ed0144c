--- Writes the documents of a batch once it is in them, where `save_after_apply` asks for it.

local M = {}

local config = require('batchpatch.config')
local disk = require('batchpatch.disk')
local document_uri = require('batchpatch.document_uri')

---@alias batchpatch.Buffers table<integer, true>

--- The buffers that are loaded now.
---@return batchpatch.Buffers
function M.loaded_buffers()
  local loaded = {} ---@type batchpatch.Buffers
  for _, bufnr in ipairs(vim.api.nvim_list_bufs()) do
    loaded[bufnr] = vim.api.nvim_buf_is_loaded(bufnr) or nil
  end
  return loaded
end

---@param bufnr integer
---@return string? failure
local function write(bufnr)
  if not vim.bo[bufnr].modified then
    return nil
  end
  if disk.has_changed(bufnr) then
    return 'the file was changed by somebody else since Neovim read it'
  end
  local written, failure = pcall(vim.api.nvim_buf_call, bufnr, function()
    vim.cmd('silent lockmarks write')
  end)
  if not written then
    return (tostring(failure):gsub('^.-(E%d+:)', '%1'):gsub('\n.*', ''))
  end
  return vim.bo[bufnr].modified and 'it is still modified after it was written' or nil
end

--- Writes those documents of an outcome whose new text the server has seen.
---@param outcome batchpatch.Outcome
---@param folder string the folder at which relative URIs start
---@param loaded_before batchpatch.Buffers the buffers that were loaded before the batch
---@return string[] unwritten which documents could not be written, and why
function M.save(outcome, folder, loaded_before)
  local which = config.get().save_after_apply
  local is_in_them = outcome.status == 'applied' or outcome.status == 'partial'
  if which == 'never' or not is_in_them or outcome.replayed then
    return {}
  end
  local unwritten = {} ---@type string[]
  for _, document in ipairs(outcome.documents) do
    if document.confirmed and document.state == 'after' then
      local bufnr = document_uri.buffer(document.uri, folder)
      local is_meant = which == 'all' or not loaded_before[bufnr]
      local failure = is_meant and vim.api.nvim_buf_is_loaded(bufnr) and write(bufnr)
      if failure then
        local name = document_uri.name(document.uri, folder)
        unwritten[#unwritten + 1] = ('%s: %s'):format(name, failure)
      end
    end
  end
  return unwritten
end

return M
