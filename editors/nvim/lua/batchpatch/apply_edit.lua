--- Answers the server's `workspace/applyEdit`: all documents or none, and never another text.
---
--- Neovim's own handler checks the version of the first document only, calls an edit applied that it
--- skipped, stops halfway at a buffer that is not modifiable, changes files without telling the server,
--- and reports changes up to 150 ms later. Here everything is checked before anything is done, and the
--- server has the new texts before it has the answer.

local M = {}

local buffer_text = require('batchpatch.buffer_text')
local change_reports = require('batchpatch.change_reports')
local server = require('batchpatch.server')
local text_edits = require('batchpatch.text_edits')

---@class batchpatch.Target
---@field uri string
---@field version integer? the version that the edit was made for; nil: for the file on disk
---@field bufnr integer

---@param edit lsp.WorkspaceEdit
---@return batchpatch.Target[]? targets
---@return string? refusal
local function targets_of(edit)
  local targets = {} ---@type batchpatch.Target[]
  for _, change in ipairs(edit.documentChanges or {}) do
    if not change.textDocument then
      return nil, ('an edit of the kind %s is not supported'):format(change.kind)
    end
    local uri, version = change.textDocument.uri, change.textDocument.version
    targets[#targets + 1] = {
      uri = uri,
      version = version ~= vim.NIL and version or nil,
      bufnr = vim.uri_to_bufnr(uri),
    }
  end
  if #targets == 0 then
    return nil, 'the edit names no document'
  end
  return targets
end

---@param client vim.lsp.Client
---@param target batchpatch.Target
---@return string? refusal
local function newer_than_edit(client, target)
  if not target.version then
    return nil
  end
  if not vim.lsp.buf_is_attached(target.bufnr, client.id) then
    return ('%s is no longer open'):format(target.uri)
  end
  local version = vim.lsp.util.buf_versions[target.bufnr]
  if version ~= target.version then
    return ('%s has been changed meanwhile: the edit is for version %d, the buffer has %d'):format(
      target.uri,
      target.version,
      version
    )
  end
end

---@param bufnr integer
---@return boolean
local function holds_what_is_on_disk(bufnr)
  local file = io.open(vim.api.nvim_buf_get_name(bufnr), 'rb')
  if not file then
    return false
  end
  local bytes = file:read('*a'):gsub('^\239\187\191', '')
  file:close()
  local text = buffer_text(bufnr)
  -- Neovim shows an empty file as one blank line.
  return bytes == text or (bytes == '' and text:match('^\r?\n?$') ~= nil)
end

--- Makes the document of a file that the server read from disk one that the editor holds and
--- reports on, whether or not its file type would attach the server.
---@param client vim.lsp.Client
---@param target batchpatch.Target
---@return string? refusal
local function open(client, target)
  local loaded, reason = pcall(vim.fn.bufload, target.bufnr)
  if not loaded then
    return ('%s cannot be loaded: %s'):format(target.uri, reason)
  end
  vim.lsp.buf_attach_client(target.bufnr, client.id)
  if not holds_what_is_on_disk(target.bufnr) then
    return ('the buffer of %s holds another text than the file'):format(target.uri)
  end
  target.version = vim.lsp.util.buf_versions[target.bufnr]
end

---@param target batchpatch.Target
---@return string? refusal
local function unreported(target)
  if not change_reports.are_complete(target.bufnr) then
    return ('Neovim no longer reports what happens to %s: :bwipeout it and open it again'):format(
      target.uri
    )
  end
end

---@param client vim.lsp.Client
---@param targets batchpatch.Target[]
---@return string? refusal
local function prepare(client, targets)
  for _, target in ipairs(targets) do
    local refusal = newer_than_edit(client, target)
    if refusal then
      return refusal
    end
  end
  for _, target in ipairs(targets) do
    local refusal = not target.version and open(client, target)
    if refusal then
      return refusal
    end
  end
  -- Once more: loading a file runs autocommands, which may change any buffer.
  for _, target in ipairs(targets) do
    local refusal = newer_than_edit(client, target) or unreported(target)
    if refusal then
      return refusal
    end
    if not vim.bo[target.bufnr].modifiable then
      return ('the buffer of %s is not modifiable'):format(target.uri)
    end
  end
end

--- Ends the undo step that is open, so that the batch is a step of its own beside what is typed.
---@param bufnr integer
local function end_undo_step(bufnr)
  vim.bo[bufnr].undolevels = vim.bo[bufnr].undolevels
end

--- Applies what has been checked: to all buffers, or after an error to none.
---@param client vim.lsp.Client
---@param edit lsp.WorkspaceEdit
---@param targets batchpatch.Target[]
---@return string? failure
local function apply(client, edit, targets)
  local undo_states = {} ---@type integer[]
  for i, target in ipairs(targets) do
    change_reports.watch(target.bufnr)
    end_undo_step(target.bufnr)
    undo_states[i] = vim.fn.undotree(target.bufnr).seq_cur
  end

  local applied, failure = pcall(function()
    for i, change in ipairs(edit.documentChanges) do
      vim.bo[targets[i].bufnr].buflisted = true
      text_edits.apply(targets[i].bufnr, change.edits, client.offset_encoding)
    end
  end)
  if applied then
    failure = vim.iter(targets):map(unreported):next()
  end
  for i, target in ipairs(targets) do
    end_undo_step(target.bufnr)
    if failure then
      vim.api.nvim_buf_call(target.bufnr, function()
        vim.cmd('silent undo ' .. undo_states[i])
      end)
    end
  end
  return failure and tostring(failure)
end

--- Reports what the buffers hold now. Neovim holds changes back for 150 ms, but never beyond a
--- request on their buffer.
---@param client vim.lsp.Client
---@param targets batchpatch.Target[]
local function report(client, targets)
  for _, target in ipairs(targets) do
    server.request(client, 'workspace/executeCommand', {
      command = 'batchpatch.snapshot',
      arguments = { { uri = target.uri, startLine = 1, endLine = 1 } },
    }, function() end, target.bufnr)
  end
end

--- The handler of `workspace/applyEdit`.
---@param params lsp.ApplyWorkspaceEditParams
---@param context lsp.HandlerContext
---@return lsp.ApplyWorkspaceEditResult
function M.handle(_, params, context)
  local client = assert(vim.lsp.get_client_by_id(context.client_id))
  local targets, refusal = targets_of(params.edit)
  if not targets then
    return { applied = false, failureReason = refusal }
  end

  refusal = prepare(client, targets) or apply(client, params.edit, targets)
  report(client, targets)
  return { applied = refusal == nil, failureReason = refusal }
end

return M
