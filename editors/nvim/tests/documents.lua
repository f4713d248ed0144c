local expect = require('expect')

return function(_, test_in_both_modes)
  test_in_both_modes('a mixed batch on one document gives exactly the computed text', {
    files = { ['a.rs'] = 'one\ntwo\nthree\nfour\nfive\n' },
  }, function(child)
    child:edit('a.rs')
    local outcome = child:apply('a.rs', {
      { type = 'insert', line = 1, text = 'zero' },
      { type = 'delete', line = 4 },
      { type = 'replace', line = 2, endLine = 3, text = 'TWO\nAND\nTHREE' },
      {
        type = 'edit',
        range = { start = { line = 4, character = 0 }, ['end'] = { line = 4, character = 4 } },
        newText = 'FIVE',
      },
    })
    expect.confirmed(outcome)
    expect.equal(child:text('a.rs'), 'zero\none\nTWO\nAND\nTHREE\nFIVE\n')
    expect.equal(child:read('a.rs'), 'one\ntwo\nthree\nfour\nfive\n', 'the file is not saved')
  end)

  test_in_both_modes('several open documents are changed together', {
    files = { ['a.rs'] = 'a\n', ['b.rs'] = 'b\n', ['c.rs'] = 'c\n' },
  }, function(child)
    child:command('set hidden')
    for _, name in ipairs({ 'a.rs', 'b.rs', 'c.rs' }) do
      child:edit(name)
    end
    local outcome = child:execute('batchpatch.apply', {
      documents = {
        { uri = child:uri('a.rs'), patches = { { type = 'replace', line = 1, text = 'A' } } },
        { uri = child:uri('b.rs'), patches = { { type = 'insert', line = 1, text = 'before b' } } },
        { uri = child:uri('c.rs'), patches = { { type = 'insert', line = 2, text = 'after c' } } },
      },
    })
    expect.confirmed(outcome)
    expect.equal(child:text('a.rs'), 'A\n')
    expect.equal(child:text('b.rs'), 'before b\nb\n')
    expect.equal(child:text('c.rs'), 'c\nafter c\n')
  end)

  test_in_both_modes('a batch is for the unsaved text of the buffer, not for the file', {
    files = { ['a.rs'] = 'one\ntwo\n' },
  }, function(child)
    child:edit('a.rs')
    child:type('ggOunsaved<Esc>')
    child:wait('vim.api.nvim_buf_line_count(0) == 3 and vim.api.nvim_get_mode().mode == "n"')
    local outcome =
      child:apply('a.rs', { { type = 'replace', line = 1, text = 'replaced', expect = 'unsaved' } })
    expect.confirmed(outcome)
    expect.equal(child:text('a.rs'), 'replaced\none\ntwo\n')
  end)

  test_in_both_modes('two batches one after the other both see the text of the one before', {
    files = { ['a.rs'] = 'one\n' },
  }, function(child)
    child:edit('a.rs')
    expect.confirmed(child:apply('a.rs', { { type = 'insert', line = 1, text = 'zero' } }))
    expect.confirmed(
      child:apply('a.rs', { { type = 'replace', line = 1, text = 'ZERO', expect = 'zero' } })
    )
    expect.equal(child:text('a.rs'), 'ZERO\none\n')
  end)

  test_in_both_modes('a batch whose result is the text already there changes nothing', {
    files = { ['a.rs'] = 'one\n' },
  }, function(child)
    child:edit('a.rs')
    expect.status(child:apply('a.rs', { { type = 'replace', line = 1, text = 'one' } }), 'noop')
    expect.equal(child:text('a.rs'), 'one\n')
  end)

  test_in_both_modes('10,000 patches give exactly the computed text', {}, function(child)
    local before, after, patches = {}, {}, {}
    for n = 1, 20000 do
      before[n] = 'line ' .. n
      after[n] = n % 2 == 0 and 'LINE ' .. n or before[n]
      if n % 2 == 0 then
        patches[#patches + 1] = { type = 'replace', line = n, text = after[n], expect = before[n] }
      end
    end
    child:write('a.rs', table.concat(before, '\n') .. '\n')
    child:edit('a.rs')
    local outcome = child:apply('a.rs', patches)
    expect.confirmed(outcome)
    expect.equal(outcome.documents[1].patches, 10000)
    expect.equal(child:text('a.rs') == table.concat(after, '\n') .. '\n', true, 'the text is exact')
  end)
end
