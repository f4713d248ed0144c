--- batchpatch from Lua: `require('batchpatch').apply(batch, callback)`.

local M = {}

---@alias batchpatch.Callback fun(failure?: string, outcome?: table)

--- The running server: that of the current buffer, else any.
---@return vim.lsp.Client?
function M.client()
  local here = vim.lsp.get_clients({ name = 'batchpatch', bufnr = 0 })
  return here[1] or vim.lsp.get_clients({ name = 'batchpatch' })[1]
end

--- Why there is no server, and what to do about it.
---@return string
local function no_server()
  if not vim.lsp.is_enabled('batchpatch') then
    return "no server is running: vim.lsp.enable('batchpatch'), and open a file"
  end
  local program = vim.lsp.config.batchpatch.cmd
  program = type(program) == 'table' and program[1] or nil
  if program and vim.fn.executable(program) == 0 then
    return ('no server is running: %s is not a program that can be run'):format(program)
  end
  return 'no server is running for any open file: open one'
end

---@param command string
---@param arguments table[]
---@param callback batchpatch.Callback
local function execute(command, arguments, callback)
  local client = M.client()
  if not client then
    callback(no_server())
    return
  end
  -- A request without a buffer reports the pending changes of all of them first: the batch is
  -- written for what they hold now.
  local sent = client:request('workspace/executeCommand', {
    command = command,
    arguments = arguments,
  }, function(err, outcome)
    callback(err and err.message, outcome)
  end)
  if not sent then
    callback('the server has stopped')
  end
end

--- Applies a batch, all at once or not at all. A rejection is an outcome, not a failure.
---@param batch table
---@param callback batchpatch.Callback
function M.apply(batch, callback)
  execute('batchpatch.apply', { batch }, callback)
end

--- The outcome that a batch would have, with a `diff` for each document; nothing changes.
---@param batch table
---@param options? { text?: boolean } `text`: the resulting texts too
---@param callback batchpatch.Callback
function M.preview(batch, options, callback)
  execute('batchpatch.preview', { batch, options or vim.empty_dict() }, callback)
end

return M
