local expect = require('expect')

return function(test)
  local files = { ['a.rs'] = 'one\n' }

  --- A test of `vim.g.batchpatch`, set in Lua in a Neovim in which nothing has started yet.
  ---@param name string
  ---@param body fun(child: table)
  local function test_configuration(name, body)
    test('vim.g.batchpatch: ' .. name, { plugin = true, files = files }, body)
  end

  --- Sets it, and reads what counts.
  ---@param child table
  ---@param lua string
  ---@return table config
  ---@return string[] mistakes
  local function configured(child, lua)
    child:lua('notified = {}; vim.g.batchpatch = ' .. lua)
    local config = child:lua('return require("batchpatch.config").get()')
    return config, child:lua('return require("batchpatch.config").mistakes()')
  end

  test_configuration('without it there are the defaults', function(child)
    local config, mistakes = configured(child, 'nil')
    expect.equal(mistakes, {})
    expect.equal(
      { config.cmd, config.save_after_apply, config.preview },
      { { 'batchpatch', 'lsp' }, 'never', 'split' }
    )
  end)

  test_configuration('may be a function that returns it', function(child)
    local config, mistakes = configured(child, 'function() return { preview = "float" } end')
    expect.equal(mistakes, {})
    expect.equal(config.preview, 'float')
  end)

  --- What is set, and what is said of it.
  local mistakes = {
    {
      '{ save = "all" }',
      'vim.g.batchpatch.save: unknown; known are "cmd", "preview", "save_after_apply", "settings"',
    },
    {
      '{ save_after_apply = "allways" }',
      'vim.g.batchpatch.save_after_apply: expected one of "never", "unopened", "all", got "allways"',
    },
    {
      '{ cmd = "batchpatch lsp" }',
      'vim.g.batchpatch.cmd: expected a list of strings, got "batchpatch lsp"',
    },
    {
      '{ settings = { limits = { patches = -1 } } }',
      'vim.g.batchpatch.settings.limits.patches: expected a whole number, not negative, got -1',
    },
    {
      '{ settings = { timeouts = { texts = 0.5 } } }',
      'vim.g.batchpatch.settings.timeouts.texts: expected a whole number, not negative, got 0.5',
    },
    {
      '{ settings = { timeout = {} } }',
      'vim.g.batchpatch.settings.timeout: unknown; known are "documentation", "limits", "timeouts"',
    },
    { '"split"', 'vim.g.batchpatch: expected a table of settings, got "split"' },
  }
  for _, case in ipairs(mistakes) do
    local lua, message = unpack(case)
    test_configuration('it says ' .. message, function(child)
      local config, found = configured(child, lua)
      expect.equal(found, { message })
      expect.equal({ config.save_after_apply, config.preview }, { 'never', 'split' })
      expect.said(child, 'batchpatch: ' .. message, vim.log.levels.ERROR)
      child:lua('require("batchpatch.config").get()')
      expect.equal(child:lua('return #notified'), 0, 'it is told once')
    end)
  end

  test_configuration('what is right counts beside what is wrong', function(child)
    local config = configured(child, '{ save_after_apply = "all", preview = 1 }')
    expect.equal({ config.save_after_apply, config.preview }, { 'all', 'split' })
  end)

  test('vim.g.batchpatch: the server is told its settings', {
    plugin = true,
    config = { settings = { limits = { patches = 1 } } },
    files = files,
  }, function(child)
    child:edit('a.rs')
    expect.equal(child:execute('batchpatch.status').limits.patches, 1)
    local outcome = child:apply('a.rs', {
      { type = 'insert', line = 1, text = 'a' },
      { type = 'insert', line = 2, text = 'b' },
    })
    expect.status(outcome, 'rejected')
  end)

  test(
    'setup enables the server, with a configuration',
    { plugin = true, files = files },
    function(child)
      child:lua([[
      if vim.lsp.enable then
        vim.lsp.enable('batchpatch', false)
      end
      local config = vim.g.batchpatch
      config.preview = 'float'
      require('batchpatch').setup(config)
    ]])
      child:edit('a.rs')
      expect.equal(child:lua('return require("batchpatch.config").get().preview'), 'float')
      expect.confirmed(child:apply('a.rs', { { type = 'insert', line = 1, text = 'zero' } }))
    end
  )
end
