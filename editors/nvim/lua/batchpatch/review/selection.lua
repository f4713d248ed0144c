--- A batch of which some patches are ticked.

local M = {}

---@class batchpatch.Selection
---@field batch batchpatch.Batch all of it, its documents in `documents`
---@field ticked boolean[][] by document, by patch
---@field tokens table<integer, string> by document: the text that is looked at, where the batch names none

--- The documents of a batch, which may stand in the batch itself.
---@param batch batchpatch.Batch
---@return batchpatch.Batch.Document[]
local function documents_of(batch)
  if batch.documents then
    return batch.documents
  end
  local document = {} ---@type batchpatch.Batch.Document
  for _, name in ipairs({ 'uri', 'snapshot', 'version', 'patches' }) do
    document[name] = batch[name]
    batch[name] = nil
  end
  return { document }
end

---@param document batchpatch.Batch.Document
---@return boolean
local function names_its_text(document)
  return document.snapshot ~= nil or document.version ~= nil
end

--- The same without fields that are null, which stands for absent everywhere in a batch.
---@param value any
---@return any
local function without_nulls(value)
  if type(value) ~= 'table' then
    return value
  end
  local kept = setmetatable({}, getmetatable(value))
  for name, field in pairs(value) do
    if field ~= vim.NIL then
      kept[name] = without_nulls(field)
    end
  end
  return kept
end

--- The patches of each document that are ticked, as indices.
---@param selection batchpatch.Selection
---@param document integer
---@return integer[]
local function ticked_indices(selection, document)
  local indices = {} ---@type integer[]
  for index, is_ticked in ipairs(selection.ticked[document]) do
    if is_ticked then
      indices[#indices + 1] = index
    end
  end
  return indices
end

--- All patches ticked.
---@param batch batchpatch.Batch a well-formed one
---@return batchpatch.Selection
function M.new(batch)
  local whole = without_nulls(batch)
  whole.documents = documents_of(whole)
  local selection = { batch = whole, ticked = {}, tokens = {} } ---@type batchpatch.Selection
  M.tick_all(selection, true, function(document)
    selection.ticked[document] = {}
  end)
  return selection
end

--- Ticks all patches, or none.
---@param selection batchpatch.Selection
---@param is_ticked boolean
---@param before? fun(document: integer)
function M.tick_all(selection, is_ticked, before)
  for document in ipairs(selection.batch.documents) do
    if before then
      before(document)
    end
    M.tick_document(selection, document, is_ticked)
  end
end

--- Ticks all patches of a document, or none.
---@param selection batchpatch.Selection
---@param document integer
---@param is_ticked boolean
function M.tick_document(selection, document, is_ticked)
  for patch in ipairs(selection.batch.documents[document].patches) do
    selection.ticked[document][patch] = is_ticked
  end
end

--- How many patches are ticked, and how many there are.
---@param selection batchpatch.Selection
---@return integer ticked
---@return integer all
function M.count(selection)
  local ticked, all = 0, 0
  for document, of in ipairs(selection.batch.documents) do
    ticked = ticked + #ticked_indices(selection, document)
    all = all + #of.patches
  end
  return ticked, all
end

--- The documents whose text is to be named by the token that it has now.
---@param selection batchpatch.Selection
---@return table<integer, string> uris by document
function M.without_token(selection)
  local uris = {} ---@type table<integer, string>
  for document, of in ipairs(selection.batch.documents) do
    uris[document] = not names_its_text(of) and of.uri or nil
  end
  return uris
end

--- The batch with only what is ticked, for the texts that are looked at; nil where nothing is.
---
--- A batch that is to be carried over to newer texts is so from its own tokens to what is looked at. Where
--- it has none, what is looked at is what it is for, and another text is stale.
---@param selection batchpatch.Selection
---@return batchpatch.Batch?
function M.ticked_batch(selection)
  local ticked, all = M.count(selection)
  if ticked == 0 then
    return nil
  end
  local batch = vim.tbl_extend('force', selection.batch, { documents = {} })
  -- An id stands for all of the batch.
  batch.batchId = ticked == all and batch.batchId or nil
  local names_texts = false
  for document, of in ipairs(selection.batch.documents) do
    local indices = ticked_indices(selection, document)
    if #indices > 0 then
      names_texts = names_texts or names_its_text(of)
      table.insert(batch.documents, {
        uri = of.uri,
        snapshot = of.snapshot or selection.tokens[document],
        version = of.version,
        patches = vim.tbl_map(function(index)
          return of.patches[index]
        end, indices),
      })
    end
  end
  batch.onStale = names_texts and batch.onStale or nil
  return batch
end

---@alias batchpatch.Reasons table<integer, table<integer, string[]>> by document, by patch; 0 for the document itself

--- What is wrong, in words. A patch that it names has another index among those that are ticked.
---@param violation batchpatch.Violation
---@param indices integer[] those that are ticked
---@return string
local function in_words(violation, indices)
  local message = violation.message:gsub('^patch (%d+)', function(with)
    local index = tonumber(with) == violation.conflictsWith and indices[with + 1]
    return index and ('patch %d'):format(index - 1)
  end)
  return ('%s: %s'):format(violation.code, message)
end

--- Why patches are not applied, at the patches of the whole batch.
---@param selection batchpatch.Selection
---@param outcome? batchpatch.Outcome of what is ticked
---@return batchpatch.Reasons
function M.reasons(selection, outcome)
  local by_uri, reasons = {}, {} ---@type table<string, integer>, batchpatch.Reasons
  for document, of in ipairs(selection.batch.documents) do
    by_uri[of.uri] = document
    reasons[document] = vim.defaulttable(function()
      return {}
    end)
  end
  for _, violation in ipairs(outcome and outcome.violations or {}) do
    local document = by_uri[violation.uri]
    if document then
      local indices = ticked_indices(selection, document)
      local patch = violation.patch and indices[violation.patch + 1] or 0
      table.insert(reasons[document][patch], in_words(violation, indices))
    end
  end
  return reasons
end

return M
