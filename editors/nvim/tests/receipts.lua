local expect = require('expect')

return function(_, test_in_both_modes)
  local insert = { { type = 'insert', line = 1, text = 'first' } }

  test_in_both_modes('a batch that is sent twice is applied once, and told twice', {
    files = { ['a.rs'] = 'a\n' },
  }, function(child)
    child:edit('a.rs')
    expect.confirmed(child:apply('a.rs', insert, { batchId = 'once' }))
    child:command('normal! ggOtyped')
    local again = child:apply('a.rs', insert, { batchId = 'once' })
    expect.confirmed(again)
    expect.equal(again.replayed, true)
    expect.equal(child:text('a.rs'), 'typed\nfirst\na\n')
  end)

  test_in_both_modes('another batch under an id that was used is an error', {
    files = { ['a.rs'] = 'a\n' },
  }, function(child)
    child:edit('a.rs')
    expect.confirmed(child:apply('a.rs', insert, { batchId = 'once' }))
    local outcome, failure = child:try('batchpatch.apply', {
      batchId = 'once',
      uri = child:uri('a.rs'),
      patches = { { type = 'delete', line = 1 } },
    })
    expect.equal(outcome, nil)
    expect.equal(failure:find('batchId', 1, true) ~= nil, true, failure)
    expect.equal(child:text('a.rs'), 'first\na\n')
  end)
end
