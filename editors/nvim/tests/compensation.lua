local expect = require('expect')

--- Neovim's own handler carries an edit out halfway in several ways. The plugin's never does.
return function(test)
  --- Opens two files, the first of them changed once: Neovim checks no version before that.
  ---@param child table
  local function open_both(child)
    child:touch('a.rs')
    child:open({ 'b.rs' })
  end

  --- A batch that replaces one line of each.
  ---@param child table
  ---@param line integer
  local function both(child, line)
    return child:batch({ 'a.rs', 'b.rs' }, { { type = 'replace', line = line, text = 'X' } })
  end

  ---@param outcome table
  local function expect_rolled_back(outcome)
    expect.status(outcome, 'rolledBack')
    for _, document in ipairs(outcome.documents) do
      expect.equal(document.state, 'before', document.uri)
    end
  end

  local five = 'one\ntwo\nthree\nfour\nfive\n'

  local delicate = {
    ['with CRLF'] = 'one\r\ntwo\r\n\r\nfour\r\n',
    ['without a final line end'] = 'one\ntwo 😀\n\nfour',
  }
  for which, bytes in vim.spairs(delicate) do
    test(('without it: what is taken back is there byte for byte, %s'):format(which), {
      plugin = false,
      files = { ['a.rs'] = bytes, ['b.rs'] = five },
    }, function(child)
      child:command('set nofixendofline')
      open_both(child)
      child:command('set nomodifiable')
      local outcome = child:execute('batchpatch.apply', {
        documents = {
          {
            uri = child:uri('a.rs'),
            patches = {
              { type = 'replace', line = 1, text = 'ONE\nand more' },
              { type = 'delete', line = 3 },
              { type = 'insert', line = 5, text = 'five' },
            },
          },
          { uri = child:uri('b.rs'), patches = { { type = 'delete', line = 1 } } },
        },
      })
      expect_rolled_back(outcome)
      child:command('buffer a.rs | write')
      expect.equal(child:read('a.rs'), bytes)
      expect.equal(child:text('b.rs'), five)
    end)
  end

  test('without it: what is typed elsewhere before the taking back survives it', {
    plugin = false,
    files = { ['a.rs'] = five, ['b.rs'] = five },
  }, function(child)
    open_both(child)
    child:command('set nomodifiable')
    child:around(
      '',
      [[
      if edits == 1 then
        vim.api.nvim_buf_set_lines(vim.fn.bufnr('a.rs'), 0, 0, true, { 'typed' })
      end
    ]]
    )
    expect_rolled_back(child:execute('batchpatch.apply', both(child, 3)))
    expect.equal(child:text('a.rs'), 'typed\n' .. five)
    expect.equal(child:text('b.rs'), five)
  end)

  test('without it: what is typed over the batch stays, and it is told where', {
    plugin = false,
    files = { ['a.rs'] = five, ['b.rs'] = five },
  }, function(child)
    open_both(child)
    child:command('set nomodifiable')
    child:around(
      '',
      [[
      if edits == 1 then
        vim.api.nvim_buf_set_lines(vim.fn.bufnr('a.rs'), 2, 3, true, { 'X by hand' })
      end
    ]]
    )
    local outcome = child:execute('batchpatch.apply', both(child, 3))
    expect.status(outcome, 'failed')
    expect.violations(outcome, { 'undo-conflict' })
    expect.equal(outcome.violations[1].uri, child:uri('a.rs'))
    expect.equal(outcome.violations[1].actual, { '3\tX by hand' })
    expect.equal(outcome.documents[2].state, 'before')
    expect.equal(child:text('a.rs'), 'one\ntwo\nX by hand\nfour\nfive\n')
    expect.equal(child:text('b.rs'), five)
  end)

  test('without it: typed into the first of two documents: the second is taken back', {
    plugin = false,
    files = { ['a.rs'] = five, ['b.rs'] = five },
  }, function(child)
    open_both(child)
    child:around(
      [[
      if edits == 1 then
        vim.api.nvim_buf_set_lines(vim.fn.bufnr('a.rs'), 0, 0, true, { 'typed' })
      end
    ]],
      ''
    )
    expect_rolled_back(child:execute('batchpatch.apply', both(child, 3)))
    expect.equal(child:text('a.rs'), 'typed\n' .. five)
    expect.equal(child:text('b.rs'), five)
  end)
end
