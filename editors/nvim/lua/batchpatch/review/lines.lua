--- The text of the preview window. syntax/batchpatch.vim colours it by its shape.

local M = {}

local document_uri = require('batchpatch.document_uri')
local selection_of = require('batchpatch.review.selection')

---@class batchpatch.Place What a line of the window is about.
---@field document integer
---@field patch? integer nil: the document itself

M.keys = '<Space> tick  a all  n none  <CR> diff  A apply  r reread  q close'

---@type table<string, string>
local former_names = {
  write_replace_line = 'replace',
  insert_line = 'insert',
  delete_line = 'delete',
}

---@param position lsp.Position
---@return string
local function at(position)
  return ('%d:%d'):format(position.line + 1, position.character + 1)
end

--- Where a patch is, in lines and columns from 1.
---@param patch batchpatch.Patch
---@return string
local function where(patch)
  if patch.range then
    return at(patch.range.start) .. '-' .. at(patch.range['end'])
  end
  local line = patch.line or patch.lineNumber
  local ends_later = patch.endLine and patch.endLine ~= line
  return ends_later and ('%d-%d'):format(line, patch.endLine) or ('%d'):format(line)
end

--- The first line that is not blank, and how many more there are.
---@param text string
---@return string
local function gist(text)
  local normal = text:gsub('\r\n?', '\n'):gsub('\n$', '')
  local lines = vim.split(normal, '\n')
  local shown = vim.iter(lines):find(function(line)
    return vim.trim(line) ~= ''
  end) or ''
  local more = #lines > 1 and (' (%d lines)'):format(#lines) or ''
  return vim.trim(shown) .. more
end

--- What a patch puts there, or takes away.
---@param patch batchpatch.Patch
---@return string
local function content(patch)
  local text = patch.text or patch.newText
  if text then
    return gist(text)
  end
  local expected = patch.expect
  if type(expected) == 'table' then
    return gist(expected.first) .. ' … ' .. gist(expected.last)
  end
  return expected and gist(expected) or ''
end

---@param outcome batchpatch.Outcome
---@return string
local function verdict(outcome)
  local count = #outcome.violations
  local violations = ('%d violation%s'):format(count, count == 1 and '' or 's')
  local verdicts = {
    applied = 'would be applied',
    partial = 'would be applied, without what is marked: ' .. violations,
    noop = 'would change nothing',
    rejected = 'would be rejected: ' .. violations,
  }
  return verdicts[outcome.status] or 'would fail'
end

--- How much is ticked, and what would become of it.
---@param review batchpatch.Review
---@return string
local function summary(review)
  local ticked, all = selection_of.count(review.selection)
  local amount = ('%d of %d patches'):format(ticked, all)
  if ticked == 0 then
    return amount
  end
  local outcome = review.outcome
  return ('%s %s'):format(amount, outcome and verdict(outcome) or review.failure or '…')
end

---@param batch batchpatch.Batch
---@return string
local function title(batch)
  local name = batch.label or batch.batchId or 'A batch without a label'
  return (name:gsub('%s+', ' '))
end

--- The lines of the window, and what each is about.
---@param review batchpatch.Review
---@return string[] lines
---@return table<integer, batchpatch.Place> places by line
function M.of(review)
  local selection = review.selection
  local reasons = selection_of.reasons(selection, review.outcome)
  local lines = { title(selection.batch), summary(review), M.keys }
  local places = {} ---@type table<integer, batchpatch.Place>

  ---@param line string
  ---@param place? batchpatch.Place
  local function add(line, place)
    lines[#lines + 1] = line
    places[#lines] = place
  end

  for document, of in ipairs(selection.batch.documents) do
    add('')
    add(document_uri.name(of.uri, review.folder), { document = document })
    for _, reason in ipairs(reasons[document][0]) do
      add('      ! ' .. reason:gsub('\n', ' '), { document = document })
    end
    for index, patch in ipairs(of.patches) do
      local place = { document = document, patch = index }
      local tick = selection.ticked[document][index] and '[x]' or '[ ]'
      local kind = former_names[patch.type] or patch.type
      -- Counted from 0, as violations count them.
      local row = ('  %s %2d %-7s %-11s %s'):format(
        tick,
        index - 1,
        kind,
        where(patch),
        content(patch)
      )
      add((row:gsub('%s+$', '')), place)
      for _, reason in ipairs(reasons[document][index]) do
        add('      ! ' .. reason:gsub('\n', ' '), place)
      end
    end
  end
  return lines, places
end

return M
