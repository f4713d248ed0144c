local expect = require('expect')

return function(test, test_in_both_modes)
  local text = 'one\ntwo\nthree\nfour\nfive\n'
  local changed = 'one\ntwo\nTHREE\nfour\nfive\n'
  local patches = { { type = 'replace', line = 3, text = 'THREE' } }
  local two = { ['a.rs'] = text, ['b.rs'] = text }

  --- Applies one batch to both files. Only the first is open before.
  ---@param child table
  local function apply_to_both(child)
    local batch = child:batch({ 'a.rs', 'b.rs' }, patches, { batchId = 'both' })
    local outcome = child:execute('batchpatch.apply', batch)
    expect.confirmed(outcome)
    expect.equal({ child:text('a.rs'), child:text('b.rs') }, { changed, changed })
  end

  --- Opens both files and applies one batch to them; the second is in the window.
  ---@param child table
  local function applied_to_both(child)
    child:open({ 'a.rs', 'b.rs' })
    apply_to_both(child)
  end

  --- Whether the history tells the latest batch as undone, and each of its documents.
  ---@param child table
  local function undone(child)
    local batch = child:execute('batchpatch.history', { limit = 1 }).batches[1]
    return { batch.undone, batch.documents[1].undone, batch.documents[2].undone }
  end

  test_in_both_modes('an undo takes a batch back in all buffers with one edit', {
    files = two,
  }, function(child)
    applied_to_both(child)
    child:around('', '')
    local outcome = child:execute('batchpatch.undo')
    expect.confirmed(outcome)
    expect.equal(outcome.undoes, 'both')
    expect.equal({ child:text('a.rs'), child:text('b.rs') }, { text, text })
    expect.equal(child:lua('return edits'), 1)
  end)

  test_in_both_modes(
    'an undo survives what was typed elsewhere since',
    { files = two },
    function(child)
      applied_to_both(child)
      child:command('normal! ggOabove')
      child:command('buffer a.rs')
      child:command('normal! Gobelow')
      expect.confirmed(child:execute('batchpatch.undo', { batchId = 'both' }))
      expect.equal(child:text('a.rs'), text .. 'below\n')
      expect.equal(child:text('b.rs'), 'above\n' .. text)
    end
  )

  test_in_both_modes('an undo of what was typed over is a conflict, and no buffer changes', {
    files = two,
  }, function(child)
    applied_to_both(child)
    child:command('normal! 3GA by hand')
    local outcome = child:execute('batchpatch.undo')
    expect.status(outcome, 'rejected')
    expect.violations(outcome, { 'undo-conflict' })
    expect.equal(outcome.violations[1].uri, child:uri('b.rs'))
    expect.equal(outcome.violations[1].was, { '3\tTHREE' })
    expect.equal(outcome.violations[1].actual, { '3\tTHREE by hand' })
    expect.equal(child:text('a.rs'), changed)
    expect.equal(child:text('b.rs'), 'one\ntwo\nTHREE by hand\nfour\nfive\n')
  end)

  test_in_both_modes('what the user undoes with u is undone in the history, and redone with C-R', {
    files = two,
  }, function(child)
    applied_to_both(child)
    expect.equal(undone(child), { false, false, false })
    child:command('silent undo')
    expect.equal(undone(child), { false, false, true })
    child:command('buffer a.rs | silent undo')
    expect.equal(undone(child), { true, true, true })
    expect.violations(child:execute('batchpatch.undo'), { 'unknown-batch' })
    child:command('silent redo')
    child:command('buffer b.rs | silent redo')
    expect.equal(undone(child), { false, false, false })
  end)

  test_in_both_modes('an undo is an undo step of its own: u brings the batch back', {
    files = two,
  }, function(child)
    applied_to_both(child)
    expect.confirmed(child:execute('batchpatch.undo'))
    child:command('silent undo')
    expect.equal({ child:text('a.rs'), child:text('b.rs') }, { text, changed })
  end)

  test_in_both_modes('an undo reaches a document that only the batch has opened', {
    files = two,
  }, function(child)
    child:edit('a.rs')
    apply_to_both(child)
    expect.confirmed(child:execute('batchpatch.undo'))
    expect.equal({ child:text('a.rs'), child:text('b.rs') }, { text, text })
    expect.equal(child:read('b.rs'), text, 'the file is not saved')
  end)

  test_in_both_modes('an undo reaches a buffer that was written and unloaded since', {
    files = two,
  }, function(child)
    applied_to_both(child)
    child:command('wall')
    child:command('buffer a.rs | bdelete b.rs')
    expect.equal(child:text('b.rs'), nil)
    expect.confirmed(child:execute('batchpatch.undo'))
    expect.equal({ child:text('a.rs'), child:text('b.rs') }, { text, text })
    expect.equal(child:read('b.rs'), changed, 'the file is not saved')
  end)

  test_in_both_modes('what was thrown away with its buffer is undone already', {
    files = two,
  }, function(child)
    applied_to_both(child)
    child:command('buffer a.rs | bdelete! b.rs')
    local outcome = child:execute('batchpatch.undo')
    expect.status(outcome, 'applied')
    expect.equal(child:text('a.rs'), text)
    expect.equal(child:text('b.rs'), nil)
    expect.equal(child:read('b.rs'), text)
  end)

  test('with the plugin: an undo while the user types elsewhere is carried over', {
    plugin = true,
    files = two,
  }, function(child)
    applied_to_both(child)
    child:around(
      [[
      if edits == 1 then
        vim.cmd('normal! ggOtyped')
      end
    ]],
      ''
    )
    local outcome = child:execute('batchpatch.undo')
    expect.confirmed(outcome)
    expect.equal({ child:text('a.rs'), child:text('b.rs') }, { text, 'typed\n' .. text })
  end)

  test('without it: an undo of which a part is refused is taken back', {
    plugin = false,
    files = two,
  }, function(child)
    applied_to_both(child)
    child:command('set nomodifiable')
    expect.status(child:execute('batchpatch.undo'), 'rolledBack')
    expect.equal({ child:text('a.rs'), child:text('b.rs') }, { changed, changed })
    child:command('set modifiable')
    expect.confirmed(child:execute('batchpatch.undo', { batchId = 'both' }))
    expect.equal({ child:text('a.rs'), child:text('b.rs') }, { text, text })
  end)
end
