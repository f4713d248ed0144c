local expect = require('expect')

return function(test)
  local levels = vim.log.levels
  local texts = { ['a.rs'] = 'a\n', ['b.rs'] = 'b\n' }
  local patches = { { type = 'replace', line = 1, text = 'X' } }

  --- Two documents, of which the user has opened the first, in an editor that is to save so.
  ---@param which 'never'|'unopened'|'all'
  ---@param name string
  ---@param body fun(child: table)
  local function test_saving(which, name, body)
    test(('save_after_apply %s: %s'):format(which, name), {
      plugin = true,
      config = { save_after_apply = which },
      files = texts,
    }, function(child)
      local batch = child:batch({ 'a.rs', 'b.rs' }, patches, { batchId = 'both' })
      child:write('batch.json', vim.json.encode(batch))
      child:edit('a.rs')
      body(child)
    end)
  end

  ---@param child table
  local function on_disk(child)
    return { child:read('a.rs'), child:read('b.rs') }
  end

  local saved = {
    never = { 'a\n', 'b\n' },
    unopened = { 'a\n', 'X\n' },
    all = { 'X\n', 'X\n' },
  }
  for which, bytes in vim.spairs(saved) do
    test_saving(which, 'writes these documents and no others', function(child)
      child:command('BatchPatch apply batch.json')
      expect.said(child, 'batchpatch: applied 2 patches to 2 documents', levels.INFO)
      expect.equal({ child:text('a.rs'), child:text('b.rs') }, { 'X\n', 'X\n' })
      expect.equal(on_disk(child), bytes)
      expect.equal(child:lua('return vim.fn.bufname()'):match('[^/]*$'), 'a.rs')
    end)
  end

  test_saving('all', 'a rejected batch writes nothing', function(child)
    child:command('normal! Atyped')
    local batch = { uri = 'a.rs', patches = { { type = 'delete', line = 9 } } }
    child:write('batch.json', vim.json.encode(batch))
    child:command('BatchPatch apply batch.json')
    expect.said(child, 'batchpatch: rejected, 1 violation (see diagnostics)', levels.WARN)
    expect.equal(on_disk(child), { 'a\n', 'b\n' })
  end)

  test_saving(
    'all',
    'a document that is not confirmed is not written, nor a batch that failed',
    function(child)
      child:lua([[
      local outcome = {
        status = 'applied',
        documents = {
          { uri = 'a.rs', state = 'unknown', confirmed = false },
          { uri = 'b.rs', state = 'before', confirmed = true },
        },
      }
      vim.cmd('normal! Atyped')
      vim.cmd('new b.rs | normal! Atyped')
      local save = require('batchpatch.saving').save
      unwritten = save(outcome, vim.fn.getcwd(), {})
      outcome.status = 'failed'
      outcome.documents = { { uri = 'a.rs', state = 'after', confirmed = true } }
      vim.list_extend(unwritten, save(outcome, vim.fn.getcwd(), {}))
    ]])
      expect.equal(child:lua('return unwritten'), {})
      expect.equal(on_disk(child), { 'a\n', 'b\n' })
    end
  )

  test_saving('all', 'an undo is written too', function(child)
    child:command('BatchPatch apply batch.json')
    expect.one_message(child)
    expect.equal(on_disk(child), { 'X\n', 'X\n' })
    child:lua('notified = {}')
    child:command('BatchPatch undo')
    expect.said(child, 'batchpatch: took back both in 2 documents', levels.INFO)
    expect.equal(on_disk(child), { 'a\n', 'b\n' })
  end)

  test_saving('all', 'a file that is read-only is told in the one message', function(child)
    child:command('set readonly')
    child:command('BatchPatch apply batch.json')
    local message, level = expect.one_message(child)
    local start = 'batchpatch: applied 2 patches to 2 documents; not written: a.rs: E45:'
    expect.equal(message:sub(1, #start), start)
    expect.equal(level, levels.ERROR)
    expect.equal(on_disk(child), { 'a\n', 'X\n' })
  end)

  test_saving('all', 'an error of an autocommand is told in the one message', function(child)
    child:lua([[
      vim.api.nvim_create_autocmd('BufWritePre', {
        pattern = 'a.rs',
        callback = function()
          error('not today')
        end,
      })
    ]])
    child:command('BatchPatch apply batch.json')
    local message, level = expect.one_message(child)
    expect.equal(message:find('not written: a.rs: .*not today') ~= nil, true, message)
    expect.equal(level, levels.ERROR)
  end)

  test_saving('all', 'what somebody else wrote meanwhile is not overwritten', function(child)
    child:write('a.rs', 'somebody else\n')
    child:command('BatchPatch apply batch.json')
    expect.said(
      child,
      'batchpatch: applied 2 patches to 2 documents; not written: '
        .. 'a.rs: the file was changed by somebody else since Neovim read it',
      levels.ERROR
    )
    expect.equal(on_disk(child), { 'somebody else\n', 'X\n' })
  end)

  test_saving('all', 'a batch after a write of the user is written', function(child)
    child:command('normal! Atyped')
    child:command('write')
    child:command('BatchPatch apply batch.json')
    expect.said(child, 'batchpatch: applied 2 patches to 2 documents', levels.INFO)
    expect.equal(on_disk(child), { 'X\n', 'X\n' })
  end)

  test_saving('all', 'a code action is a batch too, and says so', function(child)
    local misspelt = { { type = 'replace', line = 1, text = 'A', expect = ' a' } }
    expect.status(child:apply('a.rs', misspelt, { snapshot = child:token('a.rs') }), 'rejected')
    child:wait('#vim.diagnostic.get(0) == 1')
    child:lua('vim.api.nvim_win_set_cursor(0, { vim.diagnostic.get(0)[1].lnum + 1, 0 })')
    child:lua('vim.schedule(vim.lsp.buf.code_action)')
    child:wait_for_question()
    child:type('1<CR>')
    expect.said(child, 'batchpatch: applied 1 patch to 1 document', levels.INFO)
    expect.equal(on_disk(child), { 'A\n', 'b\n' })
  end)
end
