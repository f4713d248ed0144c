local expect = require('expect')

local typed_first = [[vim.cmd('normal! ggOtyped')]]
local typed_last = [[vim.cmd('normal! Gotyped')]]

return function(test, test_in_both_modes)
  local files = { ['a.rs'] = 'one\ntwo\nthree\nfour\nfive\n' }
  local patches = {
    { type = 'replace', line = 3, text = 'THREE' },
    { type = 'delete', line = 4 },
    { type = 'insert', line = 6, text = 'six' },
  }

  test_in_both_modes('typed before the edit arrives: stale, and the typed text stays', {
    files = files,
  }, function(child)
    child:touch('a.rs')
    child:around(typed_first, '')
    local outcome = child:apply('a.rs', patches)
    expect.status(outcome, 'rejected')
    expect.violations(outcome, { 'stale-snapshot' })
    expect.equal(child:text('a.rs'), 'typed\none\ntwo\nthree\nfour\nfive\n')
  end)

  test('with the plugin: typed into a document that was never changed before: stale too', {
    plugin = true,
    files = files,
  }, function(child)
    child:edit('a.rs')
    child:around(typed_first, '')
    local outcome = child:apply('a.rs', patches)
    expect.status(outcome, 'rejected')
    expect.violations(outcome, { 'stale-snapshot' })
    expect.equal(child:text('a.rs'), 'typed\none\ntwo\nthree\nfour\nfive\n')
  end)

  test_in_both_modes('typed beside a patched line before the edit arrives: nothing is applied', {
    files = files,
  }, function(child)
    child:touch('a.rs')
    child:around(typed_last, '')
    local outcome = child:apply('a.rs', patches)
    expect.equal(outcome.status == 'rejected' or outcome.status == 'failed', true, outcome.status)
    expect.equal(child:text('a.rs'), 'one\ntwo\nthree\nfour\nfive\ntyped\n')
  end)

  test('with the plugin: typed into the second of two documents: neither is changed', {
    plugin = true,
    files = { ['a.rs'] = 'a\n', ['b.rs'] = 'one\ntwo\nthree\n' },
  }, function(child)
    child:open({ 'a.rs', 'b.rs' })
    child:around(typed_first, '')
    local outcome = child:execute('batchpatch.apply', {
      documents = {
        { uri = child:uri('a.rs'), patches = { { type = 'replace', line = 1, text = 'X' } } },
        { uri = child:uri('b.rs'), patches = { { type = 'replace', line = 3, text = 'X' } } },
      },
    })
    expect.status(outcome, 'rejected')
    expect.equal(child:text('a.rs'), 'a\n')
    expect.equal(child:text('b.rs'), 'typed\none\ntwo\nthree\n')
  end)

  test_in_both_modes('a file that the user opens before the edit arrives is changed all the same', {
    files = { ['a.rs'] = 'a\n', ['b.rs'] = files['a.rs'] },
  }, function(child)
    child:edit('a.rs')
    child:around([[vim.cmd('edit b.rs')]], '')
    expect.confirmed(child:apply('b.rs', patches))
    expect.equal(child:text('b.rs'), 'one\ntwo\nTHREE\nfive\nsix\n')
  end)

  test('with the plugin: a file that the user opens and changes before the edit arrives: stale', {
    plugin = true,
    files = { ['a.rs'] = 'a\n', ['b.rs'] = files['a.rs'] },
  }, function(child)
    child:edit('a.rs')
    child:around([[vim.cmd('edit b.rs | normal! ggOtyped')]], '')
    local outcome = child:apply('b.rs', patches)
    -- On 0.10 the server has the file only from then on, and cannot know that it was typed over.
    expect.status(outcome, vim.fn.has('nvim-0.11') == 1 and 'rejected' or 'failed')
    expect.equal(child:text('b.rs'), 'typed\none\ntwo\nthree\nfour\nfive\n')
  end)

  test('with the plugin: a document that the user closes before the edit arrives stays', {
    plugin = true,
    files = files,
  }, function(child)
    child:edit('a.rs')
    child:around([[vim.cmd('bdelete a.rs')]], '')
    expect.status(child:apply('a.rs', patches), 'failed')
    expect.equal(child:text('a.rs'), nil)
  end)

  test('with the plugin: a buffer that gets another name before the edit arrives stays', {
    plugin = true,
    files = { ['a.rs'] = files['a.rs'], ['b.rs'] = files['a.rs'] },
  }, function(child)
    child:touch('a.rs')
    child:open({ 'b.rs' })
    child:command('buffer a.rs')
    child:around([[vim.cmd('file renamed.rs')]], '')
    local outcome = child:execute('batchpatch.apply', child:batch({ 'a.rs', 'b.rs' }, patches))
    expect.status(outcome, 'failed')
    expect.equal(outcome.documents[2].state, 'before')
    expect.equal(child:text('renamed.rs'), files['a.rs'])
    expect.equal(child:text('b.rs'), files['a.rs'])
    expect.equal(child:read('a.rs'), files['a.rs'])
  end)

  test('with the plugin: a buffer that gets another name after the edit is confirmed', {
    plugin = true,
    files = files,
  }, function(child)
    child:touch('a.rs')
    child:around('', [[vim.cmd('file renamed.rs')]])
    expect.confirmed(child:apply('a.rs', patches))
    expect.equal(child:text('renamed.rs'), 'one\ntwo\nTHREE\nfive\nsix\n')
    child:command('write')
    child:wait('#vim.lsp.get_clients({ name = "batchpatch", bufnr = 0 }) > 0')
    local insert = { { type = 'insert', line = 1, text = 'zero' } }
    expect.confirmed(child:apply('renamed.rs', insert))
    expect.equal(child:text('renamed.rs'), 'zero\none\ntwo\nTHREE\nfive\nsix\n')
  end)

  test_in_both_modes('undone right after the edit: it was applied, and the undone text stays', {
    files = files,
  }, function(child)
    child:touch('a.rs')
    child:around('', [[vim.cmd('silent undo')]])
    expect.confirmed(child:apply('a.rs', patches))
    expect.equal(child:text('a.rs'), files['a.rs'])
  end)

  test_in_both_modes('typed right after the edit: applied exactly, and the typed text stays', {
    files = files,
  }, function(child)
    child:touch('a.rs')
    child:around('', typed_last)
    expect.confirmed(child:apply('a.rs', patches))
    expect.equal(child:text('a.rs'), 'one\ntwo\nTHREE\nfive\nsix\ntyped\n')
  end)

  test_in_both_modes('typed and not reported yet when the batch is sent: it is for that text', {
    files = files,
  }, function(child)
    child:touch('a.rs')
    child:command('normal! ggOtyped')
    local outcome =
      child:apply('a.rs', { { type = 'replace', line = 1, text = 'TYPED', expect = 'typed' } })
    expect.confirmed(outcome)
    expect.equal(child:text('a.rs'), 'TYPED\none\ntwo\nthree\nfour\nfive\n')
  end)
end
