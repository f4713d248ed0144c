--- What the user is told about an outcome.

local M = {}

---@param count integer
---@param noun string
---@param plural? string
local function counted(count, noun, plural)
  return ('%d %s'):format(count, count == 1 and noun or plural or noun .. 's')
end

---@param outcome table
---@return string
local function extent(outcome)
  local patches, documents = 0, 0
  for _, document in ipairs(outcome.documents) do
    patches = patches + document.patches
    documents = documents + (document.patches > 0 and 1 or 0)
  end
  return ('%s to %s'):format(counted(patches, 'patch', 'patches'), counted(documents, 'document'))
end

---@param outcome table
---@return string
local function mistakes(outcome)
  local where = outcome.preview and ':copen' or 'diagnostics'
  return ('%s (see %s)'):format(counted(#outcome.violations, 'violation'), where)
end

---@type table<string, fun(outcome: table): string, integer>
local sentences = {
  applied = function(outcome)
    return (outcome.preview and 'would apply ' or 'applied ') .. extent(outcome), vim.log.levels.INFO
  end,
  partial = function(outcome)
    local applied = (outcome.preview and 'would apply ' or 'applied ') .. extent(outcome)
    return ('%s, left out the rest: %s'):format(applied, mistakes(outcome)), vim.log.levels.WARN
  end,
  noop = function()
    return 'nothing to change', vim.log.levels.INFO
  end,
  rejected = function(outcome)
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
---@param outcome table
function M.notify(outcome)
  local sentence = assert(sentences[outcome.status], outcome.status)
  local message, level = sentence(outcome)
  if #outcome.warnings > 0 then
    message = message .. ': ' .. table.concat(outcome.warnings, '; ')
    level = math.max(level, vim.log.levels.WARN)
  end
  vim.notify('batchpatch: ' .. message, level)
end

--- Says that nothing came of it.
---@param failure string
function M.failure(failure)
  vim.notify('batchpatch: ' .. failure, vim.log.levels.ERROR)
end

---@class batchpatch.Origin Where a batch came from, which says how to read its outcome.
---@field encoding 'utf-8'|'utf-16'|'utf-32' the unit of its columns
---@field folder string the folder at which its relative URIs start

---@param violation table
---@param origin batchpatch.Origin
---@return vim.quickfix.entry
local function entry(violation, origin)
  local uri = violation.uri
  if not uri:match('^%a[%w+.-]+:') then
    uri = vim.uri_from_fname(vim.fs.joinpath(origin.folder, vim.uri_decode(uri)))
  end
  local location = { uri = uri, range = violation.range }
  local item = vim.lsp.util.locations_to_items({ location }, origin.encoding)[1]
  item.text = ('[%s] %s'):format(violation.code, violation.message)
  item.type = 'E'
  return item
end

--- Fills the quickfix list with the violations, without opening it.
---@param outcome table
---@param origin batchpatch.Origin
function M.list(outcome, origin)
  if #outcome.violations == 0 then
    return
  end
  vim.fn.setqflist({}, ' ', {
    title = 'batchpatch ' .. outcome.batchId,
    items = vim.tbl_map(function(violation)
      return entry(violation, origin)
    end, outcome.violations),
  })
end

return M
