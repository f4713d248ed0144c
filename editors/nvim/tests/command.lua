local expect = require('expect')

return function(test)
  local levels = vim.log.levels
  local is_old = vim.fn.has('nvim-0.11') == 0

  --- A test of `:BatchPatch` on `a.rs` with the batch of `batch.json`.
  ---@param name string
  ---@param batch table|string
  ---@param body fun(child: table)
  local function test_command(name, batch, body)
    test('BatchPatch: ' .. name, {
      plugin = true,
      files = {
        ['a.rs'] = 'one\ntwo\n',
        ['batch.json'] = type(batch) == 'string' and batch or vim.json.encode(batch),
      },
    }, function(child)
      child:edit('a.rs')
      body(child)
    end)
  end

  local good = {
    uri = 'a.rs',
    patches = {
      { type = 'replace', line = 1, text = 'ONE' },
      { type = 'insert', line = 3, text = 'three' },
    },
  }
  local bad = {
    uri = 'a.rs',
    patches = {
      { type = 'replace', line = 1, text = 'ONE', expect = 'two' },
      { type = 'delete', line = 7 },
    },
  }

  test_command('apply says what it did', good, function(child)
    child:command('BatchPatch apply batch.json')
    expect.said(child, 'batchpatch: applied 2 patches to 1 document', levels.INFO)
    expect.equal(child:text('a.rs'), 'ONE\ntwo\nthree\n')
  end)

  test_command('apply says when there is nothing to do', {
    uri = 'a.rs',
    patches = { { type = 'replace', line = 1, text = 'one' } },
  }, function(child)
    child:command('BatchPatch apply batch.json')
    expect.said(child, 'batchpatch: nothing to change', levels.INFO)
  end)

  test_command('apply says what it left out', {
    uri = 'a.rs',
    policy = 'bestEffort',
    patches = {
      { type = 'replace', line = 1, text = 'ONE' },
      { type = 'delete', line = 7 },
    },
  }, function(child)
    child:command('BatchPatch apply batch.json')
    expect.said(
      child,
      'batchpatch: applied 1 patch to 1 document, left out the rest: 1 violation (see diagnostics)',
      levels.WARN
    )
    expect.equal(child:text('a.rs'), 'ONE\ntwo\n')
  end)

  test_command('apply says why the editor refused', good, function(child)
    child:command('set nomodifiable')
    child:command('BatchPatch apply batch.json')
    local message, level = expect.one_message(child)
    expect.equal(message:find('^batchpatch: failed: .*not modifiable') ~= nil, true, message)
    expect.equal(level, levels.ERROR)
  end)

  test_command('a rejection fills the quickfix list and keeps the focus', bad, function(child)
    child:lua([[window = vim.api.nvim_get_current_win()]])
    child:command('BatchPatch apply batch.json')
    expect.said(child, 'batchpatch: rejected, 2 violations (see diagnostics)', levels.WARN)
    expect.equal(child:text('a.rs'), 'one\ntwo\n')
    expect.equal(child:lua('return #vim.api.nvim_list_wins()'), 1)
    expect.equal(child:lua('return vim.api.nvim_get_current_win() == window'), true)
    local found = child:lua([[
      return vim.tbl_map(function(it)
        local name = vim.fs.basename(vim.api.nvim_buf_get_name(it.bufnr))
        return { name, it.lnum, it.text:match('^%[(.-)%]') }
      end, vim.fn.getqflist())
    ]])
    expect.equal(found, { { 'a.rs', 1, 'expect-mismatch' }, { 'a.rs', 3, 'line-out-of-range' } })
  end)

  test_command('a rejection of a file that does not exist is listed under its name', {
    uri = 'none.rs',
    patches = { { type = 'delete', line = 1 } },
  }, function(child)
    child:command('BatchPatch apply batch.json')
    expect.said(child, 'batchpatch: rejected, 1 violation (see diagnostics)', levels.WARN)
    local name = child:lua('return vim.api.nvim_buf_get_name(vim.fn.getqflist()[1].bufnr)')
    expect.equal(name, child:path('none.rs'))
  end)

  test_command('the quickfix list counts columns as Neovim does', {
    uri = 'emoji.rs',
    patches = {
      {
        type = 'edit',
        range = { start = { line = 0, character = 4 }, ['end'] = { line = 0, character = 5 } },
        newText = 'X',
        expect = 'Y',
      },
    },
  }, function(child)
    child:write('emoji.rs', '🎉🎉ab\n')
    child:command('cd /')
    child:command('BatchPatch apply ' .. child:path('batch.json'))
    expect.said(child, 'batchpatch: rejected, 1 violation (see diagnostics)', levels.WARN)
    local item = child:lua('return vim.fn.getqflist()[1]')
    -- Neovim 0.10 does not tell ends.
    expect.equal({ item.col, is_old and 10 or item.end_col }, { 9, 10 })
  end)

  local many = { uri = 'a.rs', patches = {} }
  for line = 100, 249 do
    many.patches[#many.patches + 1] = { type = 'delete', line = line }
  end
  test_command('counts the violations that are not told in detail', many, function(child)
    child:command('BatchPatch apply batch.json')
    expect.said(child, 'batchpatch: rejected, 150 violations (see diagnostics)', levels.WARN)
  end)

  test_command('a malformed batch is one message with the JSON path', {
    uri = 'a.rs',
    patches = { { type = 'replace', line = 'one', text = 'X' } },
  }, function(child)
    child:command('BatchPatch apply batch.json')
    local message, level = expect.one_message(child)
    expect.equal(message:find('^batchpatch: .*patches%[0%]%.line') ~= nil, true, message)
    expect.equal(level, levels.ERROR)
  end)

  test_command('a file that is not JSON is one message with its name', '{"a": [', function(child)
    child:command('BatchPatch apply batch.json')
    local message, level = expect.one_message(child)
    expect.equal(message:find('batch.json is not JSON', 1, true) ~= nil, true, message)
    expect.equal(level, levels.ERROR)
  end)

  test_command('a file that cannot be read is one message with its name', good, function(child)
    child:command('BatchPatch apply none.json')
    expect.said(child, 'batchpatch: none.json: No such file or directory', levels.ERROR)
  end)

  test_command("a folder in a file's place is one message", good, function(child)
    child:command('BatchPatch apply .git')
    local message, level = expect.one_message(child)
    expect.equal(message:find('directory', 1, true) ~= nil, true, message)
    expect.equal(level, levels.ERROR)
  end)

  local not_to_be_run = is_old and [[vim.g.batchpatch = { cmd = { '/none/batchpatch', 'lsp' } } ]]
    or [[vim.lsp.config('batchpatch', { cmd = { '/none/batchpatch', 'lsp' } }) ]]

  --- What stands in the way of a server, how the child gets there, and what is said of it.
  local obstacles = {
    {
      [[]],
      'no server is running for any open file: open one',
    },
    {
      not_to_be_run .. [[vim.cmd.edit('a.rs')]],
      'no server is running: /none/batchpatch is not a program that can be run',
    },
    not is_old and {
      [[vim.lsp.enable('batchpatch', false)]],
      "no server is running: vim.lsp.enable('batchpatch'), and open a file",
    } or nil,
  }
  for _, obstacle in ipairs(obstacles) do
    local lua, message = unpack(obstacle)
    test('BatchPatch: it says ' .. message, {
      plugin = true,
      files = { ['a.rs'] = 'a\n', ['b'] = 'b\n', ['batch.json'] = vim.json.encode(good) },
    }, function(child)
      child:lua(lua)
      child:command('BatchPatch apply batch.json')
      expect.said(child, 'batchpatch: ' .. message, levels.ERROR)
    end)
  end

  test('BatchPatch: a server that cannot be run is no message for each file that is opened', {
    plugin = true,
    files = { ['a.rs'] = 'a\n', ['b'] = 'b\n' },
  }, function(child)
    child:lua(not_to_be_run .. [[
      vim.cmd.edit('a.rs')
      vim.cmd.edit('b')
      vim.schedule(function()
        through = true
      end)
    ]])
    child:wait('through')
    expect.equal(child:lua('return notified'), {})
  end)

  test_command('wrong words are answered with the usage', good, function(child)
    child:command('BatchPatch frobnicate batch.json')
    expect.said(
      child,
      'batchpatch: usage: BatchPatch apply|clear|history|log|preview|snapshot|undo, '
        .. 'see :help :BatchPatch',
      levels.ERROR
    )
  end)

  test_command('completes subcommands, then files', good, function(child)
    local function completed(line)
      return child:lua('return vim.fn.getcompletion(..., "cmdline")', line)
    end
    expect.equal(
      completed('BatchPatch '),
      { 'apply', 'clear', 'history', 'log', 'preview', 'snapshot', 'undo' }
    )
    expect.equal(completed('BatchPatch p'), { 'preview' })
    expect.equal(completed('BatchPatch apply b'), { 'batch.json' })
    expect.equal(completed('BatchPatch apply @'), { '@+', '@*', '@"' })
    expect.equal(completed('BatchPatch apply batch.json '), {})
    expect.equal(completed('BatchPatch history '), {})
  end)

  test_command('a file name may hold blanks and brackets', good, function(child)
    child:write('my [id] batch.json', vim.json.encode(good))
    child:command([[BatchPatch apply my\ [id]\ batch.json]])
    expect.said(child, 'batchpatch: applied 2 patches to 1 document', levels.INFO)
  end)

  test('BatchPatch: waits for a server that has yet to start', {
    plugin = true,
    files = { ['a.rs'] = 'one\ntwo\n', ['batch.json'] = vim.json.encode(good) },
  }, function(child)
    child:lua([[vim.cmd.edit('a.rs') vim.cmd('BatchPatch apply batch.json')]])
    expect.said(child, 'batchpatch: applied 2 patches to 1 document', levels.INFO)
  end)

  test('BatchPatch: says when the server does not start', {
    plugin = true,
    config = { cmd = { 'false' } },
    files = { ['a.rs'] = 'one\ntwo\n', ['batch.json'] = vim.json.encode(good) },
  }, function(child)
    child:lua([[
      notify, vim.notify = vim.notify, function(message, level)
        if vim.startswith(message, 'batchpatch:') then
          table.insert(notified, { message = message, level = level })
        end
      end
      vim.cmd.edit('a.rs')
      vim.cmd('BatchPatch apply batch.json')
    ]])
    expect.said(
      child,
      'batchpatch: no server is running: it has ended, or does not start, see :BatchPatch log',
      levels.ERROR
    )
  end)

  --- The plugin's modules that are loaded.
  local loaded = [[
    return vim.tbl_filter(function(name)
      return vim.startswith(name, 'batchpatch')
    end, vim.fn.sort(vim.tbl_keys(package.loaded)))
  ]]

  test('BatchPatch: is there at startup, and loads nothing before it is used', {
    plugin = true,
    files = { ['a.rs'] = 'a\n' },
  }, function(child)
    expect.equal(child:lua('return vim.fn.exists(":BatchPatch")'), 2)
    if is_old then
      return
    end
    -- Neovim 0.12 reads the server's configuration as soon as it is enabled.
    local of_server = { 'batchpatch.client_config', 'batchpatch.config' }
    for _, name in ipairs(child:lua(loaded)) do
      expect.equal(vim.list_contains(of_server, name), true, name)
    end
    child:edit('a.rs')
    expect.equal(child:lua(loaded), {
      'batchpatch.attach',
      'batchpatch.buffer_text',
      'batchpatch.change_reports',
      'batchpatch.client_config',
      'batchpatch.config',
      'batchpatch.disk',
      'batchpatch.server',
    })
  end)
end
