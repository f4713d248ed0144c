local expect = require('expect')

return function(test, test_in_both_modes)
  local patches = {
    { type = 'replace', line = 1, text = 'ONE' },
    { type = 'insert', line = 2, text = 'between' },
    { type = 'delete', line = 3 },
  }

  test_in_both_modes('one undo takes the whole batch back, and the server sees it', {
    files = { ['a.rs'] = 'one\ntwo\nthree\n' },
  }, function(child)
    child:edit('a.rs')
    expect.confirmed(child:apply('a.rs', patches))
    expect.equal(child:text('a.rs'), 'ONE\nbetween\ntwo\n')
    child:type('u')
    child:wait('vim.api.nvim_buf_get_lines(0, 0, 1, true)[1] == "one"')
    expect.equal(child:text('a.rs'), 'one\ntwo\nthree\n')
    local seen = child:execute('batchpatch.snapshot', { uri = child:uri('a.rs') })
    expect.equal(seen.text, 'one\ntwo\nthree\n')
  end)

  test('with the plugin: a batch in the midst of typing is an undo step of its own', {
    plugin = true,
    files = { ['a.rs'] = 'one\ntwo\nthree\n' },
  }, function(child)
    child:edit('a.rs')
    child:type('Gofour')
    child:wait('vim.api.nvim_buf_get_lines(0, -2, -1, true)[1] == "four"')
    expect.confirmed(child:apply('a.rs', patches))
    child:type(' and five<Esc>')
    child:wait('vim.api.nvim_get_mode().mode == "n"')
    expect.equal(child:text('a.rs'), 'ONE\nbetween\ntwo\nfour and five\n')

    local texts = {}
    for step = 1, 3 do
      child:command('silent undo')
      texts[step] = child:text('a.rs')
    end
    expect.equal(texts, {
      'ONE\nbetween\ntwo\nfour\n',
      'one\ntwo\nthree\nfour\n',
      'one\ntwo\nthree\n',
    })
  end)

  test_in_both_modes('in a document that came open with the batch, one undo gives the file', {
    files = { ['a.rs'] = 'a\n', ['b.rs'] = 'one\ntwo\nthree\n' },
  }, function(child)
    child:edit('a.rs')
    expect.confirmed(child:apply('b.rs', patches))
    child:command('set hidden')
    child:edit('b.rs')
    child:command('silent undo')
    expect.equal(child:text('b.rs'), 'one\ntwo\nthree\n')
    expect.equal(child:lua('return vim.bo.modified'), false)
  end)
end
