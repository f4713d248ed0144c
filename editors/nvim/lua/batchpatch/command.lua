--- `:BatchPatch`, and what code actions send.

local M = {}

local batch_source = require('batchpatch.batch_source')
local batchpatch = require('batchpatch')
local report = require('batchpatch.report')

--- What Neovim tells of a call of the command.
---@class batchpatch.Call
---@field fargs string[]
---@field range integer 0: without a range
---@field line1 integer
---@field line2 integer

--- `%` and its like name the current file, `~` the home folder; nothing else is special, so that a
--- file may be called `[id].json`.
---@param argument string
---@return string
local function path_of(argument)
  return argument:match('^[%%#]') and vim.fn.expand(argument) or vim.fs.normalize(argument)
end

--- The lines of the range, or all.
---@param call batchpatch.Call
---@return integer first
---@return integer last
local function lines_of(call)
  if call.range == 0 then
    return 1, vim.api.nvim_buf_line_count(0)
  end
  return call.line1, call.line2
end

--- The batch that is meant: in a file, in a register, or in the current buffer.
---@param call batchpatch.Call
---@param argument? string
---@return batchpatch.Batch? batch
---@return string? failure
local function batch_of(call, argument)
  if not argument then
    return batch_source.lines(lines_of(call))
  end
  local register = argument:match('^@(.)$')
  if register then
    return batch_source.register(register)
  end
  return batch_source.file(path_of(argument))
end

---@param done fun(result: table)
---@return fun(failure?: string, result?: table)
local function or_failure(done)
  return function(failure, result)
    if result then
      done(result)
    else
      report.failure(failure or 'the server gave no answer')
    end
  end
end

---@param batch batchpatch.History.Batch
---@return string
local function history_line(batch)
  local state = batch.undone and 'taken back' or batch.status
  return ('%-12s  %-10s  %s'):format(batch.batchId, state, batch.label or '')
end

--- A subcommand that does something with a batch.
---@param use fun(batch: table)
---@return fun(call: batchpatch.Call, argument?: string)
local function with_batch(use)
  return function(call, argument)
    local batch, failure = batch_of(call, argument)
    if batch then
      use(batch)
    else
      report.failure(failure --[[@as string]])
    end
  end
end

---@class batchpatch.Subcommand
---@field argument? string what may follow it; nothing without this
---@field run fun(call: batchpatch.Call, argument?: string)

---@type table<string, batchpatch.Subcommand>
M.subcommands = {
  apply = {
    argument = 'batch',
    run = with_batch(function(batch)
      M.apply(batch)
    end),
  },
  preview = {
    argument = 'batch',
    run = with_batch(function(batch)
      batchpatch.review(batch, report.teller(batch.positionEncoding))
    end),
  },
  undo = {
    argument = 'id',
    run = function(_, id)
      batchpatch.undo(id, report.teller())
    end,
  },
  history = {
    run = function()
      batchpatch.history(
        nil,
        or_failure(function(history)
          local lines = vim.tbl_map(history_line, history.batches)
          local text = #lines > 0 and table.concat(lines, '\n') or 'batchpatch: no batches yet'
          vim.api.nvim_echo({ { text } }, false, {})
        end)
      )
    end,
  },
  snapshot = {
    argument = 'register',
    run = function(call, argument)
      local register = argument and argument:match('^@(.)$') or '"'
      local first, last = lines_of(call)
      local options = { startLine = first, endLine = last }
      batchpatch.snapshot(
        options,
        or_failure(function(snapshot)
          local header = ('uri: %s\nsnapshot: %s\n'):format(snapshot.uri, snapshot.snapshot)
          vim.fn.setreg(register, header .. snapshot.numbered, 'V')
          local message = 'lines %d to %d of %s, with the token %s, are in register %s'
          local name = vim.fs.basename(vim.uri_decode(snapshot.uri))
          report.note(
            message:format(snapshot.startLine, snapshot.endLine, name, snapshot.snapshot, register)
          )
        end)
      )
    end,
  },
  clear = {
    run = function()
      batchpatch.clear(nil, function(failure)
        if failure then
          report.failure(failure)
        end
      end)
    end,
  },
  log = {
    run = function()
      local log = vim.lsp.log.get_filename()
      vim.cmd('split ' .. vim.fn.fnameescape(log))
      vim.cmd('normal! G')
    end,
  },
}

--- Applies a batch and tells what came of it.
---@param batch batchpatch.Batch
function M.apply(batch)
  batchpatch.apply(batch, report.teller(batch.positionEncoding))
end

---@return string
local function usage()
  local names = vim.fn.sort(vim.tbl_keys(M.subcommands))
  return 'usage: BatchPatch ' .. table.concat(names, '|') .. ', see :help :BatchPatch'
end

--- Runs the command.
---@param call batchpatch.Call
function M.run(call)
  local name, argument = unpack(call.fargs)
  local subcommand = M.subcommands[name]
  if not subcommand or #call.fargs > 2 or (argument and not subcommand.argument) then
    report.failure(usage())
    return
  end
  if argument and subcommand.argument == 'register' and not argument:match('^@.$') then
    report.failure(('%s is no register: it is named as in @+'):format(argument))
    return
  end
  subcommand.run(call, argument)
end

return M
