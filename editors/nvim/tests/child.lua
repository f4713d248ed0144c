--- A Neovim of its own for one test, with its own folders, driven over its API.

local Child = {}
Child.__index = Child

local here = vim.fn.fnamemodify(debug.getinfo(1, 'S').source:sub(2), ':p:h')
local server = assert(vim.env.BATCHPATCH_BINARY, 'BATCHPATCH_BINARY names the server')

local deadline_ms = 10000

---@param options { plugin: boolean, encoding?: string, config?: table, files?: table<string, string> }
function Child.start(options)
  local base = vim.fn.tempname()
  local child = setmetatable({}, Child)
  child.base = base
  child.folder = base .. '/work'
  child.plugin = options.plugin
  vim.fn.mkdir(child.folder .. '/.git', 'p')
  for name, bytes in pairs(options.files or {}) do
    child:write(name, bytes)
  end

  child.channel = vim.fn.jobstart({
    vim.v.progpath,
    '--clean',
    '--headless',
    '--embed',
    '--cmd',
    'luafile ' .. vim.fn.fnameescape(here .. '/startup.lua'),
  }, {
    rpc = true,
    cwd = child.folder,
    env = {
      CHILD_OPTIONS = vim.json.encode({
        plugin = options.plugin,
        encoding = options.encoding,
        plugin_folder = vim.fs.dirname(here),
        config = options.config or vim.empty_dict(),
        server = server,
        folder = child.folder,
      }),
      XDG_CONFIG_HOME = base .. '/config',
      XDG_DATA_HOME = base .. '/data',
      XDG_STATE_HOME = base .. '/state',
      XDG_CACHE_HOME = base .. '/cache',
    },
  })
  return child
end

function Child:stop()
  vim.fn.jobstop(self.channel)
  vim.fn.jobwait({ self.channel }, deadline_ms)
  vim.fn.delete(self.base, 'rf')
end

--- Runs Lua in the child; `...` is what follows the code.
function Child:lua(code, ...)
  local value = vim.rpcrequest(self.channel, 'nvim_exec_lua', code, { ... })
  if value == vim.NIL then
    return nil
  end
  return value
end

function Child:command(text)
  vim.rpcrequest(self.channel, 'nvim_command', text)
end

--- Types keys as a user does.
function Child:type(keys)
  vim.rpcrequest(self.channel, 'nvim_input', keys)
end

--- Waits until Neovim asks the user something. It does nothing else then, not even what we tell it.
function Child:wait_for_question()
  local asks = vim.wait(deadline_ms, function()
    local mode = vim.rpcrequest(self.channel, 'nvim_get_mode')
    return mode.blocking or mode.mode == 'c'
  end, 5)
  if not asks then
    error('waited in vain for a question', 2)
  end
end

--- Waits until the Lua expression in the child is true.
function Child:wait(expression, ...)
  local arguments = { ... }
  local held = vim.wait(deadline_ms, function()
    return self:lua('return (' .. expression .. ') and true or false', unpack(arguments))
  end, 5)
  if not held then
    error('waited in vain for ' .. expression, 2)
  end
end

function Child:path(name)
  return self.folder .. '/' .. name
end

function Child:uri(name)
  return vim.uri_from_fname(self:path(name))
end

function Child:write(name, bytes)
  local file = assert(io.open(self:path(name), 'wb'))
  file:write(bytes)
  file:close()
end

--- The file's bytes.
function Child:read(name)
  local file = assert(io.open(self:path(name), 'rb'))
  local bytes = file:read('*a')
  file:close()
  return bytes
end

--- Opens a file in the current window and waits until the server has it.
function Child:edit(name)
  self:command('edit ' .. vim.fn.fnameescape(self:path(name)))
  self:wait('#vim.lsp.get_clients({ name = "batchpatch", bufnr = 0 }) > 0')
end

--- Opens a file and changes it there and back: Neovim checks no version before the first change.
function Child:touch(name)
  self:edit(name)
  self:command('normal! ggAx')
  self:command('undo')
end

--- Opens files, the last one in the window.
function Child:open(names)
  self:command('set hidden')
  for _, name in ipairs(names) do
    self:edit(name)
  end
end

--- A batch of the same patches for each of some files.
function Child:batch(names, patches, batch)
  local documents = {}
  for index, name in ipairs(names) do
    documents[index] = { uri = self:uri(name), patches = patches }
  end
  return vim.tbl_extend('force', { documents = documents }, batch or {})
end

--- The buffer's text, with its own line ends; nil when no buffer holds the file.
function Child:text(name)
  return self:lua(
    [[
      local bufnr = vim.fn.bufnr('^' .. vim.fn.escape(..., '[]*?{},\\') .. '$')
      if bufnr < 0 or not vim.api.nvim_buf_is_loaded(bufnr) then
        return nil
      end
      local ends = { unix = '\n', dos = '\r\n', mac = '\r' }
      local terminator = ends[vim.bo[bufnr].fileformat]
      local text = table.concat(vim.api.nvim_buf_get_lines(bufnr, 0, -1, true), terminator)
      return vim.bo[bufnr].endofline and text .. terminator or text
    ]],
    self:path(name)
  )
end

--- Sends a command to the server and returns the outcome, or fails.
function Child:execute(command, ...)
  local outcome, failure = self:try(command, ...)
  if not outcome then
    error(command .. ' failed: ' .. tostring(failure), 2)
  end
  return outcome
end

--- Sends a command to the server and returns the outcome, or nil and the error's message.
function Child:try(command, ...)
  self:lua(
    [[
      local command, arguments = ...
      answer = nil
      local client = vim.lsp.get_clients({ name = 'batchpatch' })[1]
      local function request(...)
        if vim.fn.has('nvim-0.11') == 1 then
          return client:request(...)
        end
        return client.request(...)
      end
      request('workspace/executeCommand', {
        command = command,
        arguments = vim.json.decode(arguments),
      }, function(err, result)
        answer = { failure = err and err.message, result = result }
      end)
    ]],
    command,
    vim.json.encode({ ... })
  )
  self:wait('answer')
  local failure = self:lua('return answer.failure')
  if failure then
    return nil, failure
  end
  local result = self:lua('return vim.json.encode(answer.result)')
  return vim.json.decode(result, { luanil = { object = true } })
end

--- From now on `before` and `after`, Lua in the child, run around each edit that the server asks for;
--- `edits` counts these.
function Child:around(before, after)
  self:lua(
    [[
      local before, after = ...
      local client = vim.lsp.get_clients({ name = 'batchpatch' })[1]
      local handlers = client.handlers
      local handle = handlers['workspace/applyEdit'] or vim.lsp.handlers['workspace/applyEdit']
      edits = 0
      handlers['workspace/applyEdit'] = function(...)
        edits = edits + 1
        loadstring(before)()
        local reply = handle(...)
        loadstring(after)()
        return reply
      end
    ]],
    before,
    after
  )
end

--- Applies patches to one file, or a whole batch.
function Child:apply(name, patches, batch)
  local whole = vim.tbl_extend('force', { uri = self:uri(name), patches = patches }, batch or {})
  return self:execute('batchpatch.apply', whole)
end

--- The token of what the server holds of a file.
function Child:token(name)
  return self:execute('batchpatch.snapshot', { uri = self:uri(name) }).snapshot
end

return Child
