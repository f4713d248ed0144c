local expect = require('expect')

return function(test, test_in_both_modes)
  local text = 'one\ntwo\nthree\nfour\nfive\n'
  local patches = { { type = 'replace', line = 4, text = 'FOUR' } }

  --- Lua that types a line at the start of the current buffer before the first edit arrives.
  local types_once = [[
    if edits == 1 then
      vim.cmd('normal! ggOtyped')
    end
  ]]

  test_in_both_modes('a batch for an older text is carried over what was typed above', {
    files = { ['a.rs'] = text },
  }, function(child)
    child:edit('a.rs')
    local token = child:token('a.rs')
    child:command('normal! ggOtyped')
    local outcome = child:apply('a.rs', patches, { onStale = 'rebase', snapshot = token })
    expect.confirmed(outcome)
    expect.equal(child:text('a.rs'), 'typed\none\ntwo\nthree\nFOUR\nfive\n')
  end)

  test_in_both_modes('a patched line that was typed over is a conflict that shows both texts', {
    files = { ['a.rs'] = text },
  }, function(child)
    child:edit('a.rs')
    local token = child:token('a.rs')
    child:command('normal! ggOtyped')
    child:command('normal! 5GA by hand')
    local outcome = child:apply('a.rs', patches, { onStale = 'rebase', snapshot = token })
    expect.status(outcome, 'rejected')
    expect.violations(outcome, { 'rebase-conflict' })
    expect.equal(outcome.violations[1].was, { '4\tfour' })
    expect.equal(outcome.violations[1].actual, { '5\tfour by hand' })
    expect.equal(child:text('a.rs'), 'typed\none\ntwo\nthree\nfour by hand\nfive\n')
  end)

  test_in_both_modes('typed while the edit is on its way: it is carried over and sent again', {
    files = { ['a.rs'] = text },
  }, function(child)
    child:touch('a.rs')
    child:around(types_once, '')
    expect.confirmed(child:apply('a.rs', patches, { onStale = 'rebase' }))
    expect.equal(child:text('a.rs'), 'typed\none\ntwo\nthree\nFOUR\nfive\n')
    expect.equal(child:lua('return edits'), 2)
  end)

  test_in_both_modes('typed into one of two documents in flight: both are there in the end', {
    files = { ['a.rs'] = text, ['b.rs'] = text },
  }, function(child)
    child:command('set hidden')
    child:touch('b.rs')
    child:touch('a.rs')
    child:around(types_once, '')
    -- Neovim alone looks at the version of the first document only, skips that, and changes the other.
    local batch = child:batch({ 'a.rs', 'b.rs' }, patches, { onStale = 'rebase' })
    local outcome = child:execute('batchpatch.apply', batch)
    expect.confirmed(outcome)
    expect.equal(child:text('a.rs'), 'typed\none\ntwo\nthree\nFOUR\nfive\n')
    expect.equal(child:text('b.rs'), 'one\ntwo\nthree\nFOUR\nfive\n')
  end)

  test('with the plugin: a user who never stops typing ends the attempts', {
    plugin = true,
    files = { ['a.rs'] = text },
  }, function(child)
    child:edit('a.rs')
    child:around([[vim.cmd('normal! ggOtyped')]], '')
    local outcome = child:apply('a.rs', patches, { onStale = 'rebase' })
    expect.equal(outcome.status == 'rejected' or outcome.status == 'failed', true, outcome.status)
    expect.equal(outcome.documents[1].state, 'before')
    expect.equal(child:lua('return edits'), 3)
    expect.equal(child:text('a.rs'), 'typed\ntyped\ntyped\n' .. text)
  end)
end
