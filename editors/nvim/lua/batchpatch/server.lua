--- The running server, and what is asked of it.

local M = {}

local config = require('batchpatch.config')

--- Up to 0.10 a client's methods are closures that do not take the client itself.
local takes_itself = vim.fn.has('nvim-0.11') == 1

--- How long a server may take to start.
local start_ms = 3000

--- The running server: that of the current buffer, else any.
---@return vim.lsp.Client?
function M.client()
  local here = vim.lsp.get_clients({ name = 'batchpatch', bufnr = 0 })
  return here[1] or vim.lsp.get_clients({ name = 'batchpatch' })[1]
end

--- The folder at which a batch's relative URIs start.
---@return string
function M.folder()
  local client = M.client()
  return client and client.root_dir or vim.fn.getcwd()
end

--- The unit of columns that the editor and the server have agreed upon.
---@return 'utf-8'|'utf-16'|'utf-32'
function M.encoding()
  local client = M.client()
  return client and client.offset_encoding or 'utf-16'
end

--- Whether the buffer holds a file, so that a batch may be about it.
---@param bufnr integer
---@return boolean
function M.is_file(bufnr)
  return vim.api.nvim_buf_is_loaded(bufnr)
    and vim.bo[bufnr].buftype == ''
    and vim.api.nvim_buf_get_name(bufnr) ~= ''
end

--- Whether the user has asked for the server.
---@return boolean
function M.is_enabled()
  if vim.lsp.is_enabled then
    return vim.lsp.is_enabled('batchpatch')
  end
  return require('batchpatch.attach').is_set_up()
end

--- What the user has to run for that.
---@return string lua
function M.how_to_enable()
  return vim.lsp.enable and "vim.lsp.enable('batchpatch')" or "require('batchpatch').setup()"
end

--- The program and its arguments; nil where the user has put a function in their place.
---@return string[]?
function M.program()
  local cmd = config.get().cmd
  if vim.lsp.config then
    cmd = (vim.lsp.config.batchpatch or {}).cmd or cmd
  end
  return type(cmd) == 'table' and cmd or nil
end

---@return boolean
local function has_file()
  return vim.iter(vim.api.nvim_list_bufs()):any(M.is_file)
end

--- Why there is no server, and what to do about it.
---@return string
local function no_server()
  if not M.is_enabled() then
    return ('no server is running: %s, and open a file'):format(M.how_to_enable())
  end
  local program = M.program()
  if program and vim.fn.executable(program[1]) == 0 then
    return ('no server is running: %s is not a program that can be run'):format(program[1])
  end
  if has_file() then
    return 'no server is running: it has ended, or does not start, see :BatchPatch log'
  end
  return 'no server is running for any open file: open one'
end

---@param client vim.lsp.Client
---@param method string
---@param params table
---@param handler fun(err?: lsp.ResponseError, result?: any)
---@param bufnr? integer without it, the pending changes of all buffers are reported first
---@return boolean sent
function M.request(client, method, params, handler, bufnr)
  if takes_itself then
    return (client:request(method, params, handler, bufnr))
  end
  return (client.request(method, params, handler, bufnr))
end

---@param client vim.lsp.Client
---@param method string
---@param params table
function M.notify(client, method, params)
  if takes_itself then
    client:notify(method, params)
  else
    client.notify(method, params)
  end
end

--- Whether a server should be on its way: one is attached to every file.
---@return boolean
local function is_expected()
  local program = M.program()
  return M.is_enabled() and (not program or vim.fn.executable(program[1]) == 1) and has_file()
end

--- Calls back once the server is there, or is not there in time.
---@param callback fun(client?: vim.lsp.Client)
local function when_started(callback)
  local is_over = false
  local watch ---@type integer
  local function finish()
    if not is_over then
      is_over = true
      vim.api.nvim_del_autocmd(watch)
      callback(M.client())
    end
  end
  watch = vim.api.nvim_create_autocmd('LspAttach', {
    callback = function()
      if M.client() then
        vim.schedule(finish)
      end
    end,
  })
  vim.defer_fn(finish, start_ms)
end

local tokens = 0

--- What the server names when it tells how far it is: `vim.lsp.status()` and `LspProgress` have it.
---@return string
local function new_token()
  tokens = tokens + 1
  return 'batchpatch-' .. tokens
end

--- Sends one of the server's commands. It is for what all buffers hold now.
---@param command string
---@param arguments table[]
---@param callback fun(failure?: string, result?: any)
function M.execute(command, arguments, callback)
  local function send(client)
    if not client then
      callback(no_server())
      return
    end
    local sent = M.request(client, 'workspace/executeCommand', {
      command = 'batchpatch.' .. command,
      arguments = arguments,
      workDoneToken = new_token(),
    }, function(err, result)
      callback(err and err.message, result)
    end)
    if not sent then
      callback('the server has stopped')
    end
  end
  local client = M.client()
  if client or not is_expected() then
    send(client)
  else
    when_started(send)
  end
end

return M
