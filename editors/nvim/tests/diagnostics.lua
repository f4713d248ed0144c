local expect = require('expect')

--- The buffer's diagnostics, in order, without what Neovim adds.
local listed = [[
  return vim.tbl_map(function(it)
    return {
      code = it.code,
      message = it.message,
      source = it.source,
      range = { it.lnum, it.col, it.end_lnum, it.end_col },
    }
  end, vim.diagnostic.get(0))
]]

--- Opens the menu of code actions on the first diagnostic and chooses the one with the title;
--- `titles` are those that were to be had.
local run_action = [[
  local title = ...
  vim.ui.select = function(actions, options, choose)
    titles = vim.tbl_map(options.format_item, actions)
    for index, action in ipairs(actions) do
      if titles[index] == title then
        choose(action, index)
      end
    end
  end
  vim.api.nvim_win_set_cursor(0, { vim.diagnostic.get(0)[1].lnum + 1, 0 })
  vim.lsp.buf.code_action()
]]

return function(_, test_in_both_modes)
  local overlapping = {
    {
      type = 'edit',
      range = { start = { line = 0, character = 0 }, ['end'] = { line = 0, character = 3 } },
      newText = 'X',
    },
    {
      type = 'edit',
      range = { start = { line = 0, character = 2 }, ['end'] = { line = 1, character = 1 } },
      newText = 'Y',
    },
  }

  test_in_both_modes('an overlapping batch is rejected, and the diagnostic stands on the range', {
    files = { ['a.rs'] = 'one\ntwo\n' },
  }, function(child)
    child:edit('a.rs')
    local outcome = child:apply('a.rs', overlapping)
    expect.status(outcome, 'rejected')
    expect.violations(outcome, { 'overlapping-patches' })
    expect.equal(child:text('a.rs'), 'one\ntwo\n')
    child:wait('#vim.diagnostic.get(0) > 0')
    expect.equal(child:lua(listed), {
      {
        code = 'overlapping-patches',
        message = outcome.violations[1].message,
        source = 'batchpatch',
        range = { 0, 2, 1, 1 },
      },
    })
  end)

  test_in_both_modes('diagnostics go when the next batch on the document succeeds', {
    files = { ['a.rs'] = 'one\ntwo\n' },
  }, function(child)
    child:edit('a.rs')
    expect.status(child:apply('a.rs', overlapping), 'rejected')
    child:wait('#vim.diagnostic.get(0) == 1')
    expect.confirmed(child:apply('a.rs', { { type = 'insert', line = 3, text = 'three' } }))
    child:wait('#vim.diagnostic.get(0) == 0')
  end)

  test_in_both_modes('diagnostics go when the text at the range changes', {
    files = { ['a.rs'] = 'one\ntwo\n' },
  }, function(child)
    child:edit('a.rs')
    expect.status(child:apply('a.rs', overlapping), 'rejected')
    child:wait('#vim.diagnostic.get(0) == 1')
    child:type('ggcctyped<Esc>')
    child:wait('#vim.diagnostic.get(0) == 0')
  end)

  local files = { ['a.rs'] = 'zero\none\ntwo\nthree\n' }
  --- Counts one line too few for the second patch.
  local one_off = {
    { type = 'replace', line = 2, text = 'ONE', expect = 'one' },
    { type = 'replace', line = 3, text = 'THREE', expect = 'three' },
  }

  ---@param child table
  local function rejected(child)
    child:edit('a.rs')
    local outcome = child:apply('a.rs', one_off, { snapshot = child:token('a.rs') })
    expect.status(outcome, 'rejected')
    expect.violations(outcome, { 'expect-mismatch' })
    child:wait('#vim.diagnostic.get(0) == 1')
    return outcome
  end

  test_in_both_modes('the repaired batch of a rejection, sent as it is, applies', {
    files = files,
  }, function(child)
    local outcome = rejected(child)
    expect.confirmed(child:execute('batchpatch.apply', outcome.repairedBatch))
    expect.equal(child:text('a.rs'), 'zero\nONE\ntwo\nTHREE\n')
  end)

  test_in_both_modes(
    'the code action applies the repaired batch',
    { files = files },
    function(child)
      rejected(child)
      child:lua(run_action, 'Apply the repaired batch')
      child:wait('vim.api.nvim_buf_get_lines(0, 3, 4, true)[1] == "THREE"')
      expect.equal(
        child:lua('return titles'),
        { 'Apply the repaired batch', 'Apply without this patch', 'Dismiss' }
      )
      expect.equal(child:text('a.rs'), 'zero\nONE\ntwo\nTHREE\n')
      child:wait('#vim.diagnostic.get(0) == 0')
    end
  )

  test_in_both_modes('the code action applies the batch without the patch', {
    files = files,
  }, function(child)
    rejected(child)
    child:lua(run_action, 'Apply without this patch')
    child:wait('vim.api.nvim_buf_get_lines(0, 1, 2, true)[1] == "ONE"')
    expect.equal(child:text('a.rs'), 'zero\nONE\ntwo\nthree\n')
    child:wait('#vim.diagnostic.get(0) == 0')
  end)

  test_in_both_modes('the code action dismisses the diagnostic and changes nothing', {
    files = files,
  }, function(child)
    rejected(child)
    child:lua(run_action, 'Dismiss')
    child:wait('#vim.diagnostic.get(0) == 0')
    expect.equal(child:text('a.rs'), 'zero\none\ntwo\nthree\n')
  end)
end
