local expect = require('expect')

--- Columns on one line of emoji and CJK, and what each counts: bytes, UTF-16 units, characters.
local text = 'é𝕏日本🎉 tail\nplain\n'
local columns = {
  -- from after `𝕏` to before ` tail`: the two CJK characters and the emoji
  ['utf-8'] = { 6, 16 },
  ['utf-16'] = { 3, 7 },
  ['utf-32'] = { 2, 5 },
}

---@param encoding string
local function middle(encoding)
  local from, to = unpack(columns[encoding])
  return {
    type = 'edit',
    range = { start = { line = 0, character = from }, ['end'] = { line = 0, character = to } },
    newText = '世🌍',
    expect = '日本🎉',
  }
end

return function(test, test_in_both_modes)
  for _, negotiated in ipairs({ 'utf-8', 'utf-16', 'utf-32' }) do
    test_in_both_modes('columns count in the negotiated ' .. negotiated, {
      encoding = negotiated,
      files = { ['a.rs'] = text },
    }, function(child)
      child:edit('a.rs')
      expect.equal(child:lua('return vim.lsp.get_clients()[1].offset_encoding'), negotiated)
      expect.confirmed(child:apply('a.rs', { middle(negotiated) }))
      expect.equal(child:text('a.rs'), 'é𝕏世🌍 tail\nplain\n')
      expect.confirmed(child:apply('a.rs', { { type = 'insert', line = 2, text = '🎉' } }))
      expect.equal(child:text('a.rs'), 'é𝕏世🌍 tail\n🎉\nplain\n')
    end)

    for _, written in ipairs({ 'utf-8', 'utf-16', 'utf-32' }) do
      if written ~= negotiated then
        test(('a batch in %s is converted to the negotiated %s'):format(written, negotiated), {
          plugin = true,
          encoding = negotiated,
          files = { ['a.rs'] = text },
        }, function(child)
          child:edit('a.rs')
          expect.confirmed(child:apply('a.rs', { middle(written) }, { positionEncoding = written }))
          expect.equal(child:text('a.rs'), 'é𝕏世🌍 tail\nplain\n')
        end)
      end
    end

    test('a batch file counts in utf-16 where ' .. negotiated .. ' is negotiated', {
      plugin = true,
      encoding = negotiated,
      files = { ['a.rs'] = text },
    }, function(child)
      child:edit('a.rs')
      child:write('b.json', vim.json.encode({ uri = 'a.rs', patches = { middle('utf-16') } }))
      child:command('BatchPatch apply b.json')
      child:wait('notified[1]')
      expect.equal(child:text('a.rs'), 'é𝕏世🌍 tail\nplain\n')
    end)
  end

  test_in_both_modes('CRLF, emoji and CJK together', {
    files = { ['a.rs'] = '日本\r\n🎉🎉\r\nend' },
  }, function(child)
    child:edit('a.rs')
    local outcome = child:apply('a.rs', {
      { type = 'insert', line = 2, text = '世界' },
      { type = 'replace', line = 3, text = 'END 🌍' },
    })
    expect.confirmed(outcome)
    expect.equal(child:text('a.rs'), '日本\r\n世界\r\n🎉🎉\r\nEND 🌍')
  end)
end
