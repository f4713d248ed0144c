local expect = require('expect')

--- The cases at a document's end: what stands there, what is sent, what must come of it.
local ends = {
  {
    rule = 'a line appended after a final newline',
    before = 'a\nb\n',
    patches = { { type = 'insert', line = 3, text = 'Z' } },
    after = 'a\nb\nZ\n',
  },
  {
    rule = 'a line appended without a final newline',
    before = 'a\nb',
    patches = { { type = 'insert', line = 3, text = 'Z' } },
    after = 'a\nb\nZ',
  },
  {
    rule = 'a line appended where the last one is deleted, with a final newline',
    before = 'a\nb\n',
    patches = { { type = 'delete', line = 2 }, { type = 'insert', line = 3, text = 'Z' } },
    after = 'a\nZ\n',
  },
  {
    rule = 'a line appended where the last one is deleted, without a final newline',
    before = 'a\nb',
    patches = { { type = 'delete', line = 2 }, { type = 'insert', line = 3, text = 'Z' } },
    after = 'a\nZ',
  },
  {
    rule = 'a line appended where the last one is replaced',
    before = 'a\nb\n',
    patches = {
      { type = 'replace', line = 2, text = 'B' },
      { type = 'insert', line = 3, text = 'Z' },
    },
    after = 'a\nB\nZ\n',
  },
  {
    rule = 'the last line deleted, with a final newline',
    before = 'a\nb\n',
    patches = { { type = 'delete', line = 2 } },
    after = 'a\n',
  },
  {
    rule = 'the last line deleted, without a final newline',
    before = 'a\nb',
    patches = { { type = 'delete', line = 2 } },
    after = 'a',
  },
  {
    rule = 'the first and the last line deleted, without a final newline',
    before = 'a\nb\nc',
    patches = { { type = 'delete', line = 1 }, { type = 'delete', line = 3 } },
    after = 'b',
  },
  {
    rule = 'two lines appended in an edit at the very end',
    before = 'a\n',
    patches = {
      {
        type = 'edit',
        range = { start = { line = 1, character = 0 }, ['end'] = { line = 1, character = 0 } },
        newText = 'y\nz\n',
      },
    },
    after = 'a\ny\nz\n',
  },
}

return function(test, test_in_both_modes)
  for _, case in ipairs(ends) do
    test_in_both_modes(case.rule, { files = { ['a.rs'] = case.before } }, function(child)
      child:edit('a.rs')
      expect.confirmed(child:apply('a.rs', case.patches))
      expect.equal(child:text('a.rs'), case.after)
    end)
  end

  test_in_both_modes('everything deleted leaves one blank line, which can be replaced', {
    files = { ['a.rs'] = 'a\nb\n' },
  }, function(child)
    child:edit('a.rs')
    local outcome = child:apply('a.rs', { { type = 'delete', line = 1, endLine = 2 } })
    expect.confirmed(outcome)
    expect.equal(child:text('a.rs'), '\n')
    if not child.plugin and vim.fn.has('nvim-0.11') == 0 then
      -- Neovim 0.10 alone reports no text where one blank line is left.
      return
    end
    expect.confirmed(child:apply('a.rs', { { type = 'replace', line = 1, text = 'new' } }))
    expect.equal(child:text('a.rs'), 'new\n')
  end)

  for _, before in ipairs({ '\n\n', 'a\n\n', '\na\n', 'a\n\nb\n', '\r\n\r\n' }) do
    local blank = before:match('^\r?\n') and 1 or 2
    local terminator = before:match('\r') and '\r\n' or '\n'
    test_in_both_modes(('%s comes to be one blank line'):format(vim.inspect(before)), {
      files = { ['a.rs'] = before },
    }, function(child)
      child:edit('a.rs')
      local patches = {}
      for line = 1, select(2, before:gsub('\n', '')) do
        if line ~= blank then
          patches[#patches + 1] = { type = 'delete', line = line }
        end
      end
      expect.confirmed(child:apply('a.rs', patches))
      expect.equal(child:text('a.rs'), terminator)
      local seen = child:execute('batchpatch.snapshot', { uri = child:uri('a.rs') })
      expect.equal(seen.text, terminator)
    end)
  end

  test('with the plugin: a document that the user leaves as one blank line is known exactly', {
    plugin = true,
    files = { ['a.rs'] = 'a\n\n' },
  }, function(child)
    child:edit('a.rs')
    child:command('normal! ggdd')
    expect.equal(child:execute('batchpatch.snapshot', { uri = child:uri('a.rs') }).text, '\n')
    child:command('normal! itext')
    expect.equal(child:execute('batchpatch.snapshot', { uri = child:uri('a.rs') }).text, 'text\n')
    expect.confirmed(child:apply('a.rs', { { type = 'insert', line = 2, text = 'end' } }))
    expect.equal(child:text('a.rs'), 'text\nend\n')
  end)

  test_in_both_modes('an empty file is one blank line for Neovim, and can be replaced', {
    files = { ['a.rs'] = '' },
  }, function(child)
    child:edit('a.rs')
    expect.confirmed(child:apply('a.rs', { { type = 'replace', line = 1, text = 'first' } }))
    expect.equal(child:text('a.rs'), 'first\n')
  end)

  test_in_both_modes('an empty file that is not open has no line, and takes one', {
    files = { ['a.rs'] = 'a\n', ['b.rs'] = '' },
  }, function(child)
    child:edit('a.rs')
    expect.confirmed(child:apply('b.rs', { { type = 'insert', line = 1, text = 'first' } }))
    expect.equal(child:text('b.rs'), 'first\n')
  end)

  test_in_both_modes('lines keep their CRLF, and new ones get it', {
    files = { ['a.rs'] = 'one\r\ntwo\r\nthree\r\n' },
  }, function(child)
    child:edit('a.rs')
    local outcome = child:apply('a.rs', {
      { type = 'replace', line = 1, text = 'ONE\nAND' },
      { type = 'delete', line = 2 },
      { type = 'insert', line = 4, text = 'four' },
    })
    expect.confirmed(outcome)
    expect.equal(child:text('a.rs'), 'ONE\r\nAND\r\nthree\r\nfour\r\n')
    child:command('write')
    expect.equal(child:read('a.rs'), 'ONE\r\nAND\r\nthree\r\nfour\r\n')
  end)

  test_in_both_modes('a document with a lone CR is refused and stays', {
    files = { ['a.rs'] = 'a\rb\nc\n' },
  }, function(child)
    child:edit('a.rs')
    local outcome = child:apply('a.rs', { { type = 'replace', line = 1, text = 'X' } })
    expect.status(outcome, 'rejected')
    expect.violations(outcome, { 'lone-cr' })
    expect.equal(child:text('a.rs'), 'a\rb\nc\n')
  end)

  test_in_both_modes('a file with a lone CR that is not open is refused and stays', {
    files = { ['a.rs'] = 'a\n', ['b.rs'] = 'a\rb\nc\nd\n' },
  }, function(child)
    child:edit('a.rs')
    local outcome = child:apply('b.rs', { { type = 'replace', line = 3, text = 'C', expect = 'c' } })
    expect.status(outcome, 'rejected')
    expect.violations(outcome, { 'lone-cr' })
    expect.equal(child:text('b.rs'), nil)
    expect.equal(child:read('b.rs'), 'a\rb\nc\nd\n')
  end)

  test_in_both_modes('a final newline that the editor keeps is said, and nothing changes', {
    files = { ['a.rs'] = 'a\nb\n' },
  }, function(child)
    child:edit('a.rs')
    local outcome = child:apply('a.rs', {
      {
        type = 'edit',
        range = { start = { line = 1, character = 1 }, ['end'] = { line = 2, character = 0 } },
        newText = '',
      },
    })
    expect.status(outcome, 'failed')
    expect.violations(outcome, { 'client-normalises' })
    expect.equal(child:text('a.rs'), 'a\nb\n')
  end)
end
