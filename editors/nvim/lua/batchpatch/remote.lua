--- For programs outside, which speak to a running Neovim:
---
---   nvim --server ADDRESS --remote-expr "v:lua.require'batchpatch.remote'.apply('/path/to.batch.json')"
---
--- Every function waits for the outcome and returns it as JSON. Where nothing came of it, the JSON is an
--- object with the one field `error`.

local M = {}

local batch_source = require('batchpatch.batch_source')
local batchpatch = require('batchpatch')

--- Longer than the server waits for the editor, and for the batches ahead.
local patience_ms = 60000

---@param failure string
---@return string json
local function failed(failure)
  return vim.json.encode({ error = failure })
end

--- Waits for what the callback gets.
---@param ask fun(callback: batchpatch.Callback)
---@return string json
local function answer(ask)
  local json ---@type string?
  ask(function(failure, outcome, unwritten)
    if not outcome then
      json = failed(failure or 'the server gave no answer')
      return
    end
    outcome.unwritten = unwritten and #unwritten > 0 and unwritten or nil
    json = vim.json.encode(outcome)
  end)
  vim.wait(patience_ms, function()
    return json ~= nil
  end, 5)
  return json or failed('there was no outcome in time: the batch may still be applied')
end

---@param source string the path of a file, or the JSON itself
---@param ask fun(batch: batchpatch.Batch, callback: batchpatch.Callback)
---@return string json
local function with_batch(source, ask)
  local is_json = source:match('^%s*{')
  local batch, failure
  if is_json then
    batch, failure = batch_source.text(source, 'the batch')
  else
    batch, failure = batch_source.file(source)
  end
  if not batch then
    return failed(failure or 'there is no batch')
  end
  return answer(function(callback)
    ask(batch, callback)
  end)
end

--- Applies a batch. Documents that `save_after_apply` asks to write and that could not be written are in
--- `unwritten`, beside the fields of the outcome.
---@param source string the path of a file, best an absolute one, or the JSON itself
---@return string json the outcome
function M.apply(source)
  return with_batch(source, batchpatch.apply)
end

---@param source string as for `apply`
---@return string json the outcome that the batch would have
function M.preview(source)
  return with_batch(source, function(batch, callback)
    batchpatch.preview(batch, nil, callback)
  end)
end

---@param batch_id? string
---@return string json the outcome
function M.undo(batch_id)
  return answer(function(callback)
    batchpatch.undo(batch_id, callback)
  end)
end

---@return string json the batches that documents hold or held
function M.history()
  return answer(function(callback)
    batchpatch.history(nil, callback)
  end)
end

---@param uri string
---@return string json the text as Neovim has it, and its token
function M.snapshot(uri)
  return answer(function(callback)
    batchpatch.snapshot({ uri = uri }, callback)
  end)
end

---@return string json what the server believes
function M.status()
  return answer(batchpatch.status)
end

return M
