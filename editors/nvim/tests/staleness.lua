local expect = require('expect')

return function(_, test_in_both_modes)
  test_in_both_modes('a batch with the token of an older text is rejected and nothing changes', {
    files = { ['a.rs'] = 'one\ntwo\n' },
  }, function(child)
    child:edit('a.rs')
    local token = child:token('a.rs')
    child:type('ggOtyped<Esc>')
    child:wait('vim.api.nvim_buf_line_count(0) == 3')
    local outcome = child:apply(
      'a.rs',
      { { type = 'replace', line = 1, text = 'X' } },
      { snapshot = token }
    )
    expect.status(outcome, 'rejected')
    expect.violations(outcome, { 'stale-snapshot' })
    expect.equal(child:text('a.rs'), 'typed\none\ntwo\n')
  end)

  test_in_both_modes('of two documents, a stale one keeps the other from changing', {
    files = { ['a.rs'] = 'a\n', ['b.rs'] = 'b\n' },
  }, function(child)
    child:command('set hidden')
    child:edit('a.rs')
    local token = child:token('a.rs')
    child:type('ggOtyped<Esc>')
    child:wait('vim.api.nvim_buf_line_count(0) == 2')
    child:edit('b.rs')
    local patches = { { type = 'replace', line = 1, text = 'X' } }
    local outcome = child:execute('batchpatch.apply', {
      documents = {
        { uri = child:uri('b.rs'), patches = patches },
        { uri = child:uri('a.rs'), patches = patches, snapshot = token },
      },
    })
    expect.status(outcome, 'rejected')
    expect.equal(child:text('a.rs'), 'typed\na\n')
    expect.equal(child:text('b.rs'), 'b\n')
  end)

  test_in_both_modes('the token of the text that is there again is current', {
    files = { ['a.rs'] = 'one\n' },
  }, function(child)
    child:edit('a.rs')
    local token = child:token('a.rs')
    child:type('ggOtyped<Esc>u')
    child:wait('vim.api.nvim_buf_line_count(0) == 1 and vim.fn.undotree().seq_last == 1')
    local outcome = child:apply(
      'a.rs',
      { { type = 'replace', line = 1, text = 'ONE' } },
      { snapshot = token }
    )
    expect.confirmed(outcome)
    expect.equal(child:text('a.rs'), 'ONE\n')
  end)
end
