--- `:checkhealth batchpatch`

local M = {}

local change_reports = require('batchpatch.change_reports')
local config = require('batchpatch.config')
local server = require('batchpatch.server')

local health = vim.health

--- How long a person waits for the server's word.
local patience_ms = 2000

local function check_neovim()
  health.start('Neovim')
  local version = tostring(vim.version())
  if vim.fn.has('nvim-0.10') == 0 then
    health.error(version .. ' is too old: 0.10 is the first that works')
  elseif vim.fn.has('nvim-0.11') == 0 then
    health.ok(
      version .. ": it has no vim.lsp.enable, require('batchpatch').setup() stands in for it"
    )
  else
    health.ok(version)
  end
end

local function check_configuration()
  health.start('Configuration')
  local mistakes = config.mistakes()
  for _, mistake in ipairs(mistakes) do
    health.error(mistake, { 'see :help batchpatch-configuration' })
  end
  if #mistakes == 0 then
    health.ok('vim.g.batchpatch is right')
  end
  if server.is_enabled() then
    health.ok('the server is enabled')
  else
    health.warn('the server is not enabled', { server.how_to_enable() })
  end
end

local function check_program()
  health.start('Program')
  local program = server.program()
  if not program then
    health.info('cmd is a function: it is not looked at')
    return
  end
  if vim.fn.executable(program[1]) == 0 then
    health.error(('%s is not a program that can be run'):format(program[1]), {
      'install it: cargo install --path . in a clone of batchpatch',
      'or name it: vim.g.batchpatch = { cmd = { "/path/to/batchpatch", "lsp" } }',
    })
    return
  end
  local ran, result = pcall(function()
    return vim.system({ program[1], '--version' }, { text = true }):wait(patience_ms)
  end)
  if not ran or result.code ~= 0 then
    local reason = ran and result.stderr or result
    health.error(('%s --version failed: %s'):format(program[1], reason))
    return
  end
  health.ok(('%s: %s'):format(vim.fn.exepath(program[1]), vim.trim(result.stdout)))
end

---@param client vim.lsp.Client
local function check_buffers(client)
  for bufnr in vim.spairs(client.attached_buffers) do
    local name = vim.fn.fnamemodify(vim.api.nvim_buf_get_name(bufnr), ':~:.')
    if change_reports.are_complete(bufnr) then
      health.info(('attached: buffer %d, %s'):format(bufnr, name))
    else
      health.error(
        ('buffer %d, %s: Neovim no longer reports what happens to it'):format(bufnr, name),
        { ':bwipeout it and open it again' }
      )
    end
  end
end

--- What the server says of itself.
---@param status batchpatch.Status
local function check_status(status)
  health.info('version ' .. status.version)
  local lost = vim.tbl_filter(function(document)
    return document.outOfSync ~= nil
  end, status.documents)
  for _, document in ipairs(lost) do
    health.error(
      ('%s: the server has lost track of its text: %s'):format(document.uri, document.outOfSync),
      { 'open it again: :edit' }
    )
  end
  if #lost == 0 then
    health.ok(('documents whose text the server follows: %d'):format(#status.documents))
  end
end

local function check_server()
  health.start('Server')
  local client = server.client()
  if not client then
    health.info('no server is running: it starts with the first file that is opened')
    return
  end
  health.ok('it runs for ' .. (client.root_dir or vim.fn.getcwd()))
  local experimental = client.server_capabilities.experimental or {}
  local features = vim.tbl_get(experimental, 'batchpatch', 'features') or {}
  health.info('features: ' .. table.concat(features, ', '))
  health.info('columns count in ' .. client.offset_encoding)
  check_buffers(client)

  local failure, status ---@type string?, batchpatch.Status?
  server.execute('status', {}, function(reason, answer)
    failure, status = reason or 'no answer', answer
  end)
  vim.wait(patience_ms, function()
    return failure ~= nil
  end, 5)
  if status then
    check_status(status)
  else
    health.error('batchpatch.status: ' .. (failure or 'no answer in time'))
  end
end

--- Looks at all that a batch depends on.
function M.check()
  check_neovim()
  check_configuration()
  check_program()
  check_server()
end

return M
