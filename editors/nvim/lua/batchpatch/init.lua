--- batchpatch from Lua: `require('batchpatch').apply(batch, callback)`.
---
--- Callbacks get a message where nothing came of it: there is no server, or what was sent is malformed.
--- A rejected batch is an outcome and no failure.

local M = {}

local saving = require('batchpatch.saving')
local server = require('batchpatch.server')

---@alias batchpatch.Callback fun(failure?: string, outcome?: batchpatch.Outcome, unwritten?: string[]) `unwritten`: why documents could not be written that `save_after_apply` asks for

local function ignore() end

--- Sends what changes documents, and then writes those that are to be written.
---@param command string
---@param arguments table[]
---@param callback? batchpatch.Callback
local function change(command, arguments, callback)
  callback = callback or ignore
  local folder = server.folder()
  local loaded = saving.loaded_buffers()
  server.execute(command, arguments, function(failure, outcome)
    callback(failure, outcome, outcome and saving.save(outcome, folder, loaded))
  end)
end

--- Enables the server for all files, on every version of Neovim. From 0.11 on it is the same as
--- `vim.lsp.enable('batchpatch')`.
---@param config? batchpatch.Config put into `vim.g.batchpatch`
function M.setup(config)
  if config then
    vim.g.batchpatch = config
  end
  require('batchpatch.attach').set_up()
end

--- Applies a batch, all at once or not at all.
---@param batch batchpatch.Batch
---@param callback? batchpatch.Callback
function M.apply(batch, callback)
  change('apply', { batch }, callback)
end

--- The outcome that a batch would have, with a `diff` for each document; nothing changes.
---@param batch batchpatch.Batch
---@param options? { text?: boolean } `text`: the resulting texts too
---@param callback batchpatch.Callback
function M.preview(batch, options, callback)
  server.execute('preview', { batch, options or vim.empty_dict() }, callback)
end

--- Opens a batch in the preview window, where its patches are ticked, looked at and applied.
---@param batch batchpatch.Batch
---@param callback? batchpatch.Callback gets the preview's first outcome once the window is there
function M.review(batch, callback)
  require('batchpatch.review').open(batch, callback or ignore)
end

--- Takes a batch back, in all of its documents or in none.
---@param batch_id? string without it, the last batch that is not taken back
---@param callback? batchpatch.Callback
function M.undo(batch_id, callback)
  change('undo', batch_id and { { batchId = batch_id } } or {}, callback)
end

--- The batches that documents hold or held, the last one first.
---@param options? { uri?: string, limit?: integer, text?: boolean }
---@param callback fun(failure?: string, history?: batchpatch.History)
function M.history(options, callback)
  server.execute('history', { options or vim.empty_dict() }, callback)
end

--- A text as the server has it, and the token that names it.
---@param options? { uri?: string, startLine?: integer, endLine?: integer } without `uri`, the current buffer
---@param callback fun(failure?: string, snapshot?: batchpatch.Snapshot)
function M.snapshot(options, callback)
  local of = vim.tbl_extend('keep', options or {}, { uri = vim.uri_from_bufnr(0) })
  server.execute('snapshot', { of }, callback)
end

--- Takes diagnostics away: all, or those that match every field.
---@param filter? { uri?: string, batchId?: string, patch?: integer }
---@param callback? fun(failure?: string)
function M.clear(filter, callback)
  server.execute('clearDiagnostics', { filter or vim.empty_dict() }, callback or ignore)
end

--- What the server believes.
---@param callback fun(failure?: string, status?: batchpatch.Status)
function M.status(callback)
  server.execute('status', {}, callback)
end

return M
