--- What the user is told about an outcome.

local M = {}

local document_uri = require('batchpatch.document_uri')
local server = require('batchpatch.server')

---@param count integer
---@param noun string
---@param plural? string
local function counted(count, noun, plural)
  return ('%d %s'):format(count, count == 1 and noun or plural or noun .. 's')
end

---@param outcome batchpatch.Outcome
---@return string
local function deed(outcome)
  local patches, documents = 0, 0
  for _, document in ipairs(outcome.documents) do
    patches = patches + document.patches
    documents = documents + (document.patches > 0 and 1 or 0)
  end
  local where = counted(documents, 'document')
  if outcome.undoes then
    return ('took back %s in %s'):format(outcome.undoes, where)
  end
  local verb = outcome.preview and 'would apply' or 'applied'
  return ('%s %s to %s'):format(verb, counted(patches, 'patch', 'patches'), where)
end

---@param outcome batchpatch.Outcome
---@return string
local function mistakes(outcome)
  local count = #outcome.violations
  for _, more in pairs(outcome.moreViolations or {}) do
    count = count + more
  end
  local where = outcome.preview and ':copen' or 'diagnostics'
  return ('%s (see %s)'):format(counted(count, 'violation'), where)
end

--- Whether there is no batch to take back: then nothing is wrong in any document.
---@param outcome batchpatch.Outcome
---@return boolean
local function concerns_no_document(outcome)
  local violation = outcome.violations[1]
  return violation ~= nil and violation.code == 'unknown-batch'
end

---@type table<string, fun(outcome: batchpatch.Outcome): string, integer>
local sentences = {
  applied = function(outcome)
    return deed(outcome), vim.log.levels.INFO
  end,
  partial = function(outcome)
    local done = deed(outcome)
    return ('%s, left out the rest: %s'):format(done, mistakes(outcome)), vim.log.levels.WARN
  end,
  noop = function()
    return 'nothing to change', vim.log.levels.INFO
  end,
  rejected = function(outcome)
    if concerns_no_document(outcome) then
      return outcome.violations[1].message, vim.log.levels.WARN
    end
    local rejected = outcome.preview and 'would be rejected' or 'rejected'
    return ('%s, %s'):format(rejected, mistakes(outcome)), vim.log.levels.WARN
  end,
  rolledBack = function()
    return 'could not be applied everywhere, all documents are as they were', vim.log.levels.ERROR
  end,
  failed = function(outcome)
    return outcome.preview and 'would fail' or 'failed', vim.log.levels.ERROR
  end,
}

--- One short message.
---@param outcome batchpatch.Outcome
---@param unwritten? string[] which documents could not be written, and why
function M.notify(outcome, unwritten)
  local sentence = assert(sentences[outcome.status], outcome.status)
  local message, level = sentence(outcome)
  if #outcome.warnings > 0 then
    message = message .. ': ' .. table.concat(outcome.warnings, '; ')
    level = math.max(level, vim.log.levels.WARN)
  end
  if unwritten and #unwritten > 0 then
    message = message .. '; not written: ' .. table.concat(unwritten, '; ')
    level = vim.log.levels.ERROR
  end
  vim.notify('batchpatch: ' .. message, level)
end

--- Says something that is no outcome.
---@param message string
function M.note(message)
  vim.notify('batchpatch: ' .. message, vim.log.levels.INFO)
end

--- Says that nothing came of it.
---@param failure string
function M.failure(failure)
  vim.notify('batchpatch: ' .. failure, vim.log.levels.ERROR)
end

---@class batchpatch.Origin Where a batch came from, which says how to read its outcome.
---@field encoding 'utf-8'|'utf-16'|'utf-32' the unit of its columns
---@field folder string the folder at which its relative URIs start

---@param violation batchpatch.Violation
---@param origin batchpatch.Origin
---@return vim.quickfix.entry
local function entry(violation, origin)
  local uri = document_uri.absolute(violation.uri, origin.folder)
  local location = { uri = uri, range = violation.range }
  local item = vim.lsp.util.locations_to_items({ location }, origin.encoding)[1]
  item.text = ('[%s] %s'):format(violation.code, violation.message)
  item.type = 'E'
  return item
end

--- Fills the quickfix list with the violations, without opening it.
---@param outcome batchpatch.Outcome
---@param origin batchpatch.Origin
function M.list(outcome, origin)
  if #outcome.violations == 0 or concerns_no_document(outcome) then
    return
  end
  vim.fn.setqflist({}, ' ', {
    title = 'batchpatch ' .. outcome.batchId,
    items = vim.tbl_map(function(violation)
      return entry(violation, origin)
    end, outcome.violations),
  })
end

--- A callback that tells the user all there is to tell of an outcome.
---@param encoding? 'utf-8'|'utf-16'|'utf-32' the unit of the batch's columns
---@return batchpatch.Callback
function M.teller(encoding)
  local origin = { encoding = encoding or server.encoding(), folder = server.folder() }
  return function(failure, outcome, unwritten)
    if not outcome then
      M.failure(failure or 'the server gave no outcome')
      return
    end
    M.list(outcome, origin)
    M.notify(outcome, unwritten)
  end
end

return M
