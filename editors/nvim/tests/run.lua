--- Runs the tests: each in a Neovim of its own, one line for each, exit status 1 if one fails.
---
---   nvim --headless --clean -l editors/nvim/tests/run.lua [WORDS…]

local here = vim.fn.fnamemodify(debug.getinfo(1, 'S').source:sub(2), ':p:h')
package.path = here .. '/?.lua;' .. package.path

local Child = require('child')

local files = {
  'documents',
  'line_ends',
  'encodings',
  'staleness',
  'in_flight',
  'unopened',
  'diagnostics',
  'refusals',
  'compensation',
  'rebase',
  'undo',
  'undo_by_batch',
  'positions',
  'receipts',
  'command',
  'subcommands',
  'review',
  'configuration',
  'saving',
  'remote',
  'api',
  'attach',
  'help',
}

local words = vim.list_slice(arg, 1)

--- A line for each test, `ok` or `failed`, a tab, and its name.
local results = vim.env.BATCHPATCH_RESULTS_FILE
  and assert(io.open(vim.env.BATCHPATCH_RESULTS_FILE, 'w'))
local passed, failed = 0, 0

---@param name string
---@return boolean
local function is_asked_for(name)
  return vim.iter(words):all(function(word)
    return name:find(word, 1, true) ~= nil
  end)
end

---@param line string
local function say(line)
  io.stdout:write(line, '\n')
  io.stdout:flush()
end

--- The message, and the lines of the test that led to it.
---@param message string
---@return string
local function trace(message)
  local places = vim.iter(vim.gsplit(debug.traceback(), '\n')):filter(function(line)
    return line:find(here, 1, true) and not line:find('/expect.lua', 1, true)
  end)
  return message .. '\n' .. places:join('\n')
end

--- One test: `body` gets a fresh child that was started with `options`.
---@param name string
---@param options table see `Child.start`
---@param body fun(child: table)
local function test(name, options, body)
  if not is_asked_for(name) then
    return
  end
  local child
  local started = vim.uv.hrtime()
  local ok, failure = xpcall(function()
    child = Child.start(options)
    body(child)
  end, trace)
  if child then
    child:stop()
  end
  local milliseconds = (vim.uv.hrtime() - started) / 1e6
  passed, failed = passed + (ok and 1 or 0), failed + (ok and 0 or 1)
  say(('%s  %s  (%d ms)'):format(ok and 'ok    ' or 'FAILED', name, milliseconds))
  if results then
    results:write(ok and 'ok' or 'failed', '\t', name, '\n')
  end
  if not ok then
    say('        ' .. tostring(failure):gsub('\n', '\n        '))
  end
end

--- Two tests: with the plugin, and with Neovim's own handler of `workspace/applyEdit`.
---@param name string
---@param options table
---@param body fun(child: table)
local function test_in_both_modes(name, options, body)
  test('with the plugin: ' .. name, vim.tbl_extend('force', options, { plugin = true }), body)
  test('without it: ' .. name, vim.tbl_extend('force', options, { plugin = false }), body)
end

for _, file in ipairs(files) do
  require(file)(test, test_in_both_modes)
end
if results then
  results:close()
end
say(('%d passed, %d failed'):format(passed, failed))
os.exit((failed == 0 and passed > 0) and 0 or 1)
