local expect = require('expect')

return function(test)
  local options = { plugin = true, files = { ['a.rs'] = 'one\n' } }

  --- Whether the help has exactly this tag.
  local has_tag = [[vim.list_contains(vim.fn.getcompletion(..., 'help'), ...)]]

  --- Makes the tags in a copy of the help, as a plugin manager does in the folder itself.
  ---@param child table
  ---@return string help the text
  local function help_of(child)
    return child:lua(
      [[
        local folder = ...
        vim.fn.mkdir(folder .. '/doc', 'p')
        local source = vim.api.nvim_get_runtime_file('doc/batchpatch.txt', false)[1]
        vim.uv.fs_copyfile(source, folder .. '/doc/batchpatch.txt')
        vim.cmd.helptags(folder .. '/doc')
        vim.opt.runtimepath:prepend(folder)
        return table.concat(vim.fn.readfile(source), '\n')
      ]],
      child.base .. '/help'
    )
  end

  test('help: every subcommand, function and highlight group has a tag', options, function(child)
    help_of(child)
    local missing = child:lua([[
      local tags = { ':BatchPatch', 'g:batchpatch', 'batchpatch' }
      for name in pairs(require('batchpatch.command').subcommands) do
        table.insert(tags, ':BatchPatch-' .. name)
      end
      for name in pairs(require('batchpatch')) do
        table.insert(tags, ('batchpatch.%s()'):format(name))
      end
      for name in pairs(require('batchpatch.remote')) do
        table.insert(tags, ('batchpatch.remote.%s()'):format(name))
      end
      vim.cmd('runtime syntax/batchpatch.vim')
      for _, name in ipairs(vim.fn.getcompletion('BatchPatch', 'highlight')) do
        table.insert(tags, 'hl-' .. name)
      end
      return vim.tbl_filter(function(tag)
        return not vim.list_contains(vim.fn.getcompletion(tag, 'help'), tag)
      end, tags)
    ]])
    expect.equal(missing, {})
  end)

  test('help: every setting is in it', options, function(child)
    local help = help_of(child)
    local names = vim.tbl_filter(function(name)
      return name ~= 'settings.limits' and name ~= 'settings.timeouts'
    end, child:lua('return require("batchpatch.config").names()'))
    for _, name in ipairs(names) do
      expect.equal(help:find('\n%s*' .. vim.pesc(name) .. '%f[%s]') ~= nil, true, name)
    end
  end)

  test('help: every key of the preview is in it', options, function(child)
    local section = help_of(child):match('%*batchpatch%-preview%*\n.-\n====')
    for _, key in ipairs(child:lua('return vim.tbl_keys(require("batchpatch.review").keys)')) do
      local is_there = section:find('\n    ' .. key .. '%f[%s]')
        or section:find(' or ' .. key .. '  ')
      expect.equal(is_there ~= nil, true, key)
    end
  end)

  test('help: its links lead somewhere, and :help opens it', options, function(child)
    local help = help_of(child)
    for tag in help:gmatch('|([^|%s]+)|') do
      expect.equal(child:lua('return ' .. has_tag, tag), true, tag)
    end
    child:command('help :BatchPatch-undo')
    expect.equal(child:lua('return vim.fs.basename(vim.fn.bufname())'), 'batchpatch.txt')
  end)

  local here = vim.fn.fnamemodify(debug.getinfo(1, 'S').source:sub(2), ':p:h')
  local root = vim.fs.dirname(vim.fs.dirname(vim.fs.dirname(here)))

  ---@param path string in the repository
  ---@return string
  local function read(path)
    local file = assert(io.open(root .. '/' .. path, 'rb'))
    local bytes = file:read('*a')
    file:close()
    return bytes
  end

  test('README: its first batch is applied, and says what it says there', {
    plugin = true,
    files = {
      ['cart.py'] = read('examples/shop/cart.py'),
      ['exact-totals.batch.json'] = read('examples/shop/exact-totals.batch.json'),
    },
  }, function(child)
    local readme = read('editors/nvim/README.md')
    child:edit('cart.py')
    child:command(readme:match(':(BatchPatch preview exact[^\n]*)'))
    child:wait('notified[1]')
    child:lua('notified = {}')
    child:type('A')
    expect.said(child, readme:match('`(batchpatch: applied [^`]*)`'), vim.log.levels.INFO)
    child:type('u')
    child:wait('not vim.bo.modified')
    expect.equal(child:text('cart.py'), read('examples/shop/cart.py'))
  end)

  test('README: every subcommand and setting is in it', options, function(child)
    local readme = read('editors/nvim/README.md')
    local missing = child:lua(
      [[
      local readme = ...
      local words = vim.tbl_map(function(name)
        return '`:BatchPatch ' .. name
      end, vim.tbl_keys(require('batchpatch.command').subcommands))
      for _, name in ipairs(require('batchpatch.config').names()) do
        table.insert(words, name:match('^settings%.(.-)%.') or name:match('[^.]*$'))
      end
      return vim.tbl_filter(function(word)
        return not readme:find(word, 1, true)
      end, words)
    ]],
      readme
    )
    expect.equal(missing, {})
  end)

  --- What the checks say.
  ---@param child table
  ---@return string
  local function health_of(child)
    child:command('checkhealth batchpatch')
    child:wait('vim.bo.filetype == "checkhealth"')
    return child:lua([[return table.concat(vim.api.nvim_buf_get_lines(0, 0, -1, true), '\n')]])
  end

  ---@param health string
  ---@param words string
  local function expect_words(health, words)
    expect.equal(health:find(words, 1, true) ~= nil, true, ('%s in %s'):format(words, health))
  end

  test('checkhealth: all is well', options, function(child)
    child:edit('a.rs')
    local health = health_of(child)
    expect.equal(health:find('ERROR'), nil, health)
    expect.equal(health:find('WARNING'), nil, health)
    expect_words(health, tostring(vim.version()))
    expect_words(health, vim.env.BATCHPATCH_BINARY .. ': batchpatch ')
    expect_words(health, 'features: snapshot, status, apply')
    expect_words(health, 'attached: buffer 1, a.rs')
    expect_words(health, 'version ' .. child:execute('batchpatch.status').version)
    expect_words(health, 'documents whose text the server follows: 1')
  end)

  test('checkhealth: before a server runs, it says when it starts', options, function(child)
    expect_words(health_of(child), 'no server is running: it starts with the first file')
  end)

  test(
    'checkhealth: mistakes in the configuration, and a program that is not there',
    options,
    function(child)
      child:lua([[
      vim.g.batchpatch = { cmd = { '/none/batchpatch' }, save = 'all' }
      if vim.lsp.config then
        vim.lsp.config('batchpatch', { cmd = { '/none/batchpatch' } })
      end
    ]])
      local health = health_of(child)
      expect_words(health, 'ERROR vim.g.batchpatch.save: unknown')
      expect_words(health, 'ERROR /none/batchpatch is not a program that can be run')
    end
  )

  test('checkhealth: a buffer that Neovim no longer reports', options, function(child)
    child:edit('a.rs')
    child:lua([[
      local client = vim.lsp.get_clients({ bufnr = 0 })[1]
      vim.lsp.buf_detach_client(0, client.id)
      vim.api.nvim_buf_set_lines(0, 0, 0, true, { 'while detached' })
      vim.lsp.buf_attach_client(0, client.id)
      vim.api.nvim_buf_set_lines(0, 0, 0, true, { 'while attached' })
    ]])
    expect_words(health_of(child), 'a.rs: Neovim no longer reports what happens to it')
  end)

  test('checkhealth: a document that the server has lost track of', options, function(child)
    child:edit('a.rs')
    child:lua([[
      local client = vim.lsp.get_clients({ bufnr = 0 })[1]
      require('batchpatch.server').notify(client, 'textDocument/didChange', {
        textDocument = { uri = vim.uri_from_bufnr(0), version = 7 },
        contentChanges = {
          {
            range = { start = { line = 9, character = 0 }, ['end'] = { line = 9, character = 0 } },
            text = 'x',
          },
        },
      })
    ]])
    expect_words(health_of(child), 'a.rs: the server has lost track of its text')
  end)
end
