local expect = require('expect')

return function(test, test_in_both_modes)
  local replace = { { type = 'replace', line = 1, text = 'X' } }

  test_in_both_modes('a buffer that is not modifiable fails the batch and stays', {
    files = { ['a.rs'] = 'a\n' },
  }, function(child)
    child:edit('a.rs')
    child:command('set nomodifiable')
    local outcome = child:apply('a.rs', replace)
    expect.status(outcome, 'failed')
    expect.equal(outcome.documents[1].state, 'before')
    expect.equal(child:text('a.rs'), 'a\n')
  end)

  test_in_both_modes('of two documents, one that is not modifiable: neither is changed', {
    files = { ['a.rs'] = 'a\n', ['b.rs'] = 'b\n' },
  }, function(child)
    child:open({ 'a.rs', 'b.rs' })
    child:command('set nomodifiable')
    local outcome = child:execute('batchpatch.apply', child:batch({ 'a.rs', 'b.rs' }, replace))
    -- Neovim alone stops halfway, and what it did is taken back.
    expect.status(outcome, child.plugin and 'failed' or 'rolledBack')
    expect.equal({ outcome.documents[1].state, outcome.documents[2].state }, { 'before', 'before' })
    expect.equal(child:text('a.rs'), 'a\n')
    expect.equal(child:text('b.rs'), 'b\n')
  end)

  test_in_both_modes('a buffer that is only read-only is changed, as by hand', {
    files = { ['a.rs'] = 'a\n' },
  }, function(child)
    child:edit('a.rs')
    child:command('set readonly')
    expect.confirmed(child:apply('a.rs', replace))
    expect.equal(child:text('a.rs'), 'X\n')
  end)

  test('with the plugin: the reason of a refusal reaches the outcome', {
    plugin = true,
    files = { ['a.rs'] = 'a\n' },
  }, function(child)
    child:edit('a.rs')
    child:command('set nomodifiable')
    local outcome = child:apply('a.rs', replace)
    local said = vim.json.encode(outcome)
    expect.equal(said:find('not modifiable', 1, true) ~= nil, true, said)
  end)

  test('with the plugin: an error halfway takes back what was done', {
    plugin = true,
    files = { ['a.rs'] = 'a\n', ['b.rs'] = 'b\n' },
  }, function(child)
    child:open({ 'a.rs', 'b.rs' })
    child:lua([[
      local set_text = vim.api.nvim_buf_set_text
      vim.api.nvim_buf_set_text = function(bufnr, ...)
        set_text(bufnr, ...)
        if bufnr == vim.fn.bufnr('b.rs') then
          error('halfway')
        end
      end
    ]])
    local outcome = child:execute('batchpatch.apply', child:batch({ 'a.rs', 'b.rs' }, replace))
    expect.status(outcome, 'failed')
    expect.equal(child:text('a.rs'), 'a\n')
    expect.equal(child:text('b.rs'), 'b\n')
    expect.equal({ outcome.documents[1].state, outcome.documents[2].state }, { 'before', 'before' })
  end)

  test('with the plugin: a buffer whose changes Neovim no longer reports is refused', {
    plugin = true,
    files = { ['a.rs'] = 'one\ntwo\n' },
  }, function(child)
    child:edit('a.rs')
    child:lua([[
      local client = vim.lsp.get_clients({ bufnr = 0 })[1]
      vim.lsp.buf_detach_client(0, client.id)
      vim.api.nvim_buf_set_lines(0, 0, 0, true, { 'while detached' })
      vim.lsp.buf_attach_client(0, client.id)
      vim.api.nvim_buf_set_lines(0, 0, 0, true, { 'while attached' })
    ]])
    local outcome = child:apply('a.rs', replace)
    expect.status(outcome, 'failed')
    expect.equal(child:text('a.rs'), 'while attached\nwhile detached\none\ntwo\n')
  end)

  test_in_both_modes('a malformed batch is an error with the JSON path', {
    files = { ['a.rs'] = 'a\n' },
  }, function(child)
    child:edit('a.rs')
    local outcome, failure = child:try('batchpatch.apply', {
      uri = child:uri('a.rs'),
      patches = { { type = 'replace', line = 'one', text = 'X' } },
    })
    expect.equal(outcome, nil)
    expect.equal(failure:find('patches[0].line', 1, true) ~= nil, true, failure)
    expect.equal(child:text('a.rs'), 'a\n')
  end)
end
