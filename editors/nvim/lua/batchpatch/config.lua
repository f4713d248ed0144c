--- The user's configuration: `vim.g.batchpatch`, a table or a function that returns one.

local M = {}

---@class batchpatch.Config
---@field cmd? string[] the server and its arguments; default `{ 'batchpatch', 'lsp' }`
---@field save_after_apply? 'never'|'unopened'|'all' which documents are written once a batch is in them: none, those whose buffers only the batch has loaded, or all; default `'never'`
---@field preview? 'split'|'float' the window of the preview; default `'split'`
---@field settings? batchpatch.Settings what the server is told at its start

---@class batchpatch.Settings
---@field limits? { patches?: integer, documents?: integer, documentBytes?: integer, violations?: integer, repairedBatchBytes?: integer }
---@field timeouts? { reply?: integer, replyForEach?: integer, texts?: integer } in milliseconds
---@field documentation? string an address; with a violation's code at its end it is the link of its diagnostic

--- A field's kind: the name of a check, the words that it may be, or the fields that it may have.
---@alias batchpatch.Kind 'count'|'text'|'words'|string[]|table<string, batchpatch.Kind>

---@type table<string, batchpatch.Kind>
local fields = {
  cmd = 'words',
  save_after_apply = { 'never', 'unopened', 'all' },
  preview = { 'split', 'float' },
  settings = {
    limits = {
      patches = 'count',
      documents = 'count',
      documentBytes = 'count',
      violations = 'count',
      repairedBatchBytes = 'count',
    },
    timeouts = { reply = 'count', replyForEach = 'count', texts = 'count' },
    documentation = 'text',
  },
}

local defaults = {
  cmd = { 'batchpatch', 'lsp' },
  save_after_apply = 'never',
  preview = 'split',
  settings = {},
}

---@param value any
---@return boolean
local function is_text(value)
  return type(value) == 'string'
end

---@type table<string, { holds: fun(value: any): boolean, name: string }>
local checks = {
  text = { holds = is_text, name = 'a string' },
  count = {
    holds = function(value)
      return type(value) == 'number' and value >= 0 and value % 1 == 0
    end,
    name = 'a whole number, not negative',
  },
  words = {
    holds = function(value)
      return type(value) == 'table'
        and vim.islist(value)
        and #value > 0
        and vim.iter(value):all(is_text)
    end,
    name = 'a list of strings',
  },
}

---@param names string[]
---@return string
local function one_of(names)
  return table.concat(vim.tbl_map(vim.inspect, names), ', ')
end

local check_fields ---@type fun(value: any, kinds: table, path: string): table?, string[]

--- The value, or nil and what is wrong with it.
---@param value any
---@param kind batchpatch.Kind
---@param path string
---@return any valid
---@return string[] mistakes
local function check(value, kind, path)
  if type(kind) == 'table' and not vim.islist(kind) then
    return check_fields(value, kind, path)
  end
  if type(kind) == 'table' then
    if vim.list_contains(kind, value) then
      return value, {}
    end
    return nil,
      { ('%s: expected one of %s, got %s'):format(path, one_of(kind), vim.inspect(value)) }
  end
  if checks[kind].holds(value) then
    return value, {}
  end
  local wanted = checks[kind].name
  return nil, { ('%s: expected %s, got %s'):format(path, wanted, vim.inspect(value)) }
end

check_fields = function(value, kinds, path)
  if type(value) ~= 'table' or (vim.islist(value) and #value > 0) then
    return nil, { ('%s: expected a table of settings, got %s'):format(path, vim.inspect(value)) }
  end
  local valid, mistakes = {}, {}
  for name, field in vim.spairs(value) do
    local where = path .. '.' .. tostring(name)
    if kinds[name] == nil then
      local known = vim.fn.sort(vim.tbl_keys(kinds))
      mistakes[#mistakes + 1] = ('%s: unknown; known are %s'):format(where, one_of(known))
    else
      local checked, wrong = check(field, kinds[name], where)
      valid[name] = checked
      vim.list_extend(mistakes, wrong)
    end
  end
  return valid, mistakes
end

--- What is set, and what is wrong with it. What is wrong counts as not set.
---@return table set
---@return string[] mistakes
local function read()
  local value = vim.g.batchpatch
  if type(value) == 'function' then
    local called, result = pcall(value)
    if not called then
      return {}, { ('vim.g.batchpatch: the function failed: %s'):format(result) }
    end
    value = result
  end
  if value == nil then
    return {}, {}
  end
  local set, mistakes = check_fields(value, fields, 'vim.g.batchpatch')
  return set or {}, mistakes
end

local told ---@type string? the mistakes that the user was told last

--- The configuration as it is now, complete. Mistakes in it are told once.
---@return batchpatch.Config
function M.get()
  local set, mistakes = read()
  local message = #mistakes > 0 and table.concat(mistakes, '\n') or nil
  if message and message ~= told then
    vim.notify('batchpatch: ' .. message, vim.log.levels.ERROR)
  end
  told = message
  return vim.tbl_extend('force', defaults, set)
end

--- What is wrong with the configuration.
---@return string[]
function M.mistakes()
  local _, mistakes = read()
  return mistakes
end

--- The names of all settings, with the path to them: `settings.limits.patches`.
---@return string[]
function M.names()
  local names = {}
  local function collect(kinds, path)
    for name, kind in vim.spairs(kinds) do
      names[#names + 1] = path .. name
      if type(kind) == 'table' and not vim.islist(kind) then
        collect(kind, path .. name .. '.')
      end
    end
  end
  collect(fields, '')
  return names
end

return M
