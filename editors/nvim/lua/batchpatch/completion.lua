--- What may follow `:BatchPatch`.

local M = {}

local command = require('batchpatch.command')
local server = require('batchpatch.server')

--- How long a person waits for a list of ids.
local patience_ms = 500

---@param candidates string[]
---@param lead string
---@return string[]
local function starting_with(candidates, lead)
  return vim.tbl_filter(function(candidate)
    return vim.startswith(candidate, lead)
  end, candidates)
end

--- The ids of the batches that can be taken back, the last one first.
---@return string[]
local function undoable()
  local history ---@type batchpatch.History?
  server.execute('history', { vim.empty_dict() }, function(_, answer)
    history = answer or { batches = {} }
  end)
  vim.wait(patience_ms, function()
    return history ~= nil
  end, 5)
  local ids = {} ---@type string[]
  for _, batch in ipairs(history and history.batches or {}) do
    if not batch.undone then
      ids[#ids + 1] = batch.batchId
    end
  end
  return ids
end

---@type table<string, fun(lead: string): string[]>
local arguments = {
  batch = function(lead)
    if vim.startswith(lead, '@') then
      return starting_with({ '@+', '@*', '@"' }, lead)
    end
    return vim.fn.getcompletion(lead, 'file')
  end,
  id = function(lead)
    return starting_with(undoable(), lead)
  end,
  register = function(lead)
    return starting_with({ '@+', '@*', '@"' }, lead)
  end,
}

---@param lead string
---@param line string
---@param cursor integer
---@return string[]
function M.complete(lead, line, cursor)
  local before = line:sub(1, cursor - #lead)
  if before:match('BatchPatch!?%s+$') then
    return starting_with(vim.fn.sort(vim.tbl_keys(command.subcommands)), lead)
  end
  local name = before:match('BatchPatch!?%s+(%S+)%s+$')
  local subcommand = name and command.subcommands[name]
  local complete = subcommand and arguments[subcommand.argument]
  return complete and complete(lead) or {}
end

return M
