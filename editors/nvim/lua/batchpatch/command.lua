--- `:BatchPatch apply FILE` and `:BatchPatch preview FILE`.

local M = {}

local batchpatch = require('batchpatch')
local batch_file = require('batchpatch.batch_file')
local report = require('batchpatch.report')

---@type table<string, fun(batch: table, callback: batchpatch.Callback)>
local subcommands = {
  apply = batchpatch.apply,
  preview = function(batch, callback)
    batchpatch.preview(batch, nil, function(failure, outcome)
      if outcome then
        require('batchpatch.preview').show(outcome)
      end
      callback(failure, outcome)
    end)
  end,
}

--- `%` and its like name the current file, `~` the home folder; nothing else is special, so that a
--- file may be called `[id].json`.
---@param argument string
---@return string
local function path_of(argument)
  return argument:match('^[%%#]') and vim.fn.expand(argument) or vim.fs.normalize(argument)
end

--- Runs the command with the words that follow it.
---@param words string[]
function M.run(words)
  local run = subcommands[words[1]]
  if not run or #words ~= 2 then
    report.failure('usage: BatchPatch apply FILE, or BatchPatch preview FILE')
    return
  end
  local batch, failure = batch_file.read(path_of(words[2]))
  if not batch then
    report.failure(failure --[[@as string]])
    return
  end
  local client = batchpatch.client()
  local folder = client and client.root_dir or vim.fn.getcwd()
  run(batch, function(reason, outcome)
    if not outcome then
      report.failure(reason or 'the server gave no outcome')
      return
    end
    report.list(outcome, { encoding = batch.positionEncoding, folder = folder })
    report.notify(outcome)
  end)
end

--- The subcommands, then files.
---@param lead string
---@param line string
---@param cursor integer
---@return string[]
function M.complete(lead, line, cursor)
  local before = line:sub(1, cursor - #lead)
  if before:match('BatchPatch!?%s+$') then
    return vim.tbl_filter(function(name)
      return vim.startswith(name, lead)
    end, vim.fn.sort(vim.tbl_keys(subcommands)))
  end
  return before:match('BatchPatch!?%s+%S+%s+$') and vim.fn.getcompletion(lead, 'file') or {}
end

return M
