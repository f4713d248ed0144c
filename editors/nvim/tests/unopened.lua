local expect = require('expect')

return function(test, test_in_both_modes)
  local replace = { { type = 'replace', line = 1, text = 'B', expect = 'b' } }

  test_in_both_modes('a file that is not open, of a type that attaches, is changed and confirmed', {
    files = { ['a.rs'] = 'a\n', ['b.rs'] = 'b\n' },
  }, function(child)
    child:edit('a.rs')
    expect.confirmed(child:apply('b.rs', replace))
    expect.equal(child:text('b.rs'), 'B\n')
    expect.equal(child:read('b.rs'), 'b\n', 'the file is not saved')
    expect.equal(child:lua('return vim.bo[vim.fn.bufnr("b.rs")].buflisted'), true)
  end)

  test('with the plugin: a file that is not open, of no type, is changed and confirmed', {
    plugin = true,
    files = { ['a.rs'] = 'a\n', ['b'] = 'b\n' },
  }, function(child)
    child:edit('a.rs')
    expect.confirmed(child:apply('b', replace))
    expect.equal(child:text('b'), 'B\n')
  end)

  test('without it: a file that is not open, of a type that does not attach, is not confirmed', {
    plugin = false,
    files = { ['a.rs'] = 'a\n', ['b.txt'] = 'b\n' },
  }, function(child)
    child:edit('a.rs')
    local outcome = child:apply('b.txt', replace)
    expect.status(outcome, 'applied')
    expect.equal(outcome.documents[1].state, 'unknown')
    expect.equal(outcome.documents[1].confirmed, false)
    expect.equal(#outcome.warnings, 1, 'warnings')
    expect.equal(child:text('b.txt'), 'B\n')
  end)

  test_in_both_modes('an open and an unopened document are changed together', {
    files = { ['a.rs'] = 'a\n', ['b.rs'] = 'b' },
  }, function(child)
    child:edit('a.rs')
    local outcome = child:execute('batchpatch.apply', {
      documents = {
        { uri = child:uri('b.rs'), patches = { { type = 'insert', line = 2, text = 'end' } } },
        { uri = child:uri('a.rs'), patches = { { type = 'replace', line = 1, text = 'A' } } },
      },
    })
    expect.confirmed(outcome)
    expect.equal(child:text('a.rs'), 'A\n')
    expect.equal(child:text('b.rs'), 'b\nend')
  end)

  test('with the plugin: a file whose buffer holds unsaved text that the server does not know', {
    plugin = true,
    files = { ['a.rs'] = 'a\n', ['b.rs'] = 'b\n' },
  }, function(child)
    child:command('set hidden')
    child:command('noautocmd edit b.rs')
    child:lua([[vim.api.nvim_buf_set_lines(0, 0, 0, true, { 'unsaved' })]])
    child:edit('a.rs')
    local outcome = child:apply('b.rs', replace)
    expect.equal(outcome.status ~= 'applied', true, outcome.status)
    expect.equal(child:text('b.rs'), 'unsaved\nb\n')

    -- The refusal has shown the server the buffer's text: sent again, the batch is for that.
    local patches = { { type = 'replace', line = 2, text = 'B', expect = 'b' } }
    expect.confirmed(child:apply('b.rs', patches))
    expect.equal(child:text('b.rs'), 'unsaved\nB\n')
  end)

  test_in_both_modes('a file of a folder that was added to the workspace is changed', {
    files = { ['a.rs'] = 'a\n' },
  }, function(child)
    child:edit('a.rs')
    local beside = child.base .. '/beside'
    vim.fn.mkdir(beside)
    child:write('../beside/b.rs', 'b\n')
    local batch = { uri = vim.uri_from_fname(beside .. '/b.rs'), patches = replace }
    expect.violations(child:execute('batchpatch.apply', batch), { 'outside-root' })
    child:lua('vim.lsp.buf.add_workspace_folder(...)', beside)
    expect.confirmed(child:execute('batchpatch.apply', batch))
    child:lua('vim.lsp.buf.remove_workspace_folder(...)', beside)
    batch.uri = vim.uri_from_fname(beside .. '/c.rs')
    child:write('../beside/c.rs', 'b\n')
    expect.violations(child:execute('batchpatch.apply', batch), { 'outside-root' })
  end)

  test_in_both_modes('a file that does not exist is refused, and no buffer is made', {
    files = { ['a.rs'] = 'a\n' },
  }, function(child)
    child:edit('a.rs')
    local outcome = child:apply('none.rs', replace)
    expect.status(outcome, 'rejected')
    expect.violations(outcome, { 'file-not-found' })
    expect.equal(child:text('none.rs'), nil)
  end)

  for _, name in ipairs({ '[id].rs', 'a b.rs', 'é.rs', '100%.rs', 'a#b?.rs' }) do
    test_in_both_modes(('the file %s is changed, not open and open'):format(name), {
      files = { ['a.rs'] = 'a\n', [name] = 'b\n' },
    }, function(child)
      child:edit('a.rs')
      expect.confirmed(child:apply(name, replace))
      expect.equal(child:text(name), 'B\n')
      child:command('set hidden')
      child:edit(name)
      expect.confirmed(child:apply(name, { { type = 'insert', line = 2, text = 'C' } }))
      expect.equal(child:text(name), 'B\nC\n')
    end)
  end

  test_in_both_modes('a file named through a symbolic link is the open document', {
    files = { ['a.rs'] = 'a\n' },
  }, function(child)
    assert(vim.uv.fs_symlink(child:path('a.rs'), child:path('link.rs')))
    child:edit('a.rs')
    expect.confirmed(child:apply('link.rs', { { type = 'insert', line = 1, text = 'first' } }))
    expect.equal(child:text('a.rs'), 'first\na\n')
    expect.equal(child:text('link.rs'), nil)
  end)

  test('with the plugin: a file that an autocommand changes when it is loaded is refused', {
    plugin = true,
    files = { ['a.rs'] = 'a\n', ['b.rs'] = 'b\n' },
  }, function(child)
    child:edit('a.rs')
    child:command('autocmd BufReadPost b.rs call setline(1, "from an autocommand")')
    local outcome = child:apply('b.rs', replace)
    expect.status(outcome, 'failed')
    expect.equal(child:text('b.rs'), 'from an autocommand\n')
  end)

  test('with the plugin: an unopened file with CRLF and a byte order mark keeps both', {
    plugin = true,
    files = { ['a.rs'] = 'a\n', ['b.rs'] = '\239\187\191b\r\nc\r\n' },
  }, function(child)
    child:edit('a.rs')
    expect.confirmed(child:apply('b.rs', replace))
    child:command('wall')
    expect.equal(child:read('b.rs'), '\239\187\191B\r\nc\r\n')
  end)
end
