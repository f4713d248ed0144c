local expect = require('expect')

return function(test)
  local batch = { uri = 'a.rs', patches = { { type = 'replace', line = 1, text = 'ONE' } } }

  --- A test in which a second Neovim speaks to the first.
  ---@param name string
  ---@param body fun(child: table)
  local function test_remote(name, body)
    test('from outside: ' .. name, {
      plugin = true,
      config = { save_after_apply = 'all' },
      files = {
        ['a.rs'] = 'one\ntwo\n',
        ['batch.json'] = vim.json.encode(batch),
        ['bad.json'] = '{"uri":"a.rs","patches":[{"type":"delete","line":9}]}',
      },
    }, function(child)
      child:edit('a.rs')
      body(child)
    end)
  end

  --- What `nvim --server … --remote-expr` prints.
  ---@param child table
  ---@param call string
  ---@return table
  local function remote(child, call)
    local command = {
      vim.v.progpath,
      '--clean',
      '--server',
      child:lua('return vim.v.servername'),
      '--remote-expr',
      "v:lua.require'batchpatch.remote'." .. call,
    }
    local result = vim.system(command, { text = true }):wait(10000)
    return vim.json.decode(result.stdout .. result.stderr)
  end

  test_remote('a batch in a file is applied, and its outcome is the answer', function(child)
    local outcome = remote(child, ("apply('%s')"):format(child:path('batch.json')))
    expect.confirmed(outcome)
    expect.equal(outcome.violations, {})
    expect.equal(outcome.unwritten, nil)
    expect.equal(child:text('a.rs'), 'ONE\ntwo\n')
    expect.equal(child:read('a.rs'), 'ONE\ntwo\n')
  end)

  test_remote('a batch may be the JSON itself', function(child)
    expect.confirmed(remote(child, ("apply('%s')"):format(vim.json.encode(batch))))
    expect.equal(child:text('a.rs'), 'ONE\ntwo\n')
  end)

  test_remote('a rejection is an outcome', function(child)
    local outcome = remote(child, ("apply('%s')"):format(child:path('bad.json')))
    expect.status(outcome, 'rejected')
    expect.violations(outcome, { 'line-out-of-range' })
  end)

  test_remote('what could not be written is in the answer', function(child)
    child:command('set readonly')
    local outcome = remote(child, ("apply('%s')"):format(child:path('batch.json')))
    expect.confirmed(outcome)
    expect.equal(#outcome.unwritten, 1)
    expect.equal(child:read('a.rs'), 'one\ntwo\n')
  end)

  test_remote('errors are JSON', function(child)
    expect.equal(remote(child, "apply('/none.json')"), {
      error = '/none.json: No such file or directory',
    })
    local malformed = remote(child, [[apply('{"uri":"a.rs","patches":[{}]}')]])
    expect.equal(malformed.error:find('patches[0]', 1, true) ~= nil, true, malformed.error)
    child:lua(
      'for _, client in ipairs(vim.lsp.get_clients()) do vim.lsp.stop_client(client.id, true) end'
    )
    child:wait('#vim.lsp.get_clients() == 0')
    child:command('bwipeout!')
    local stopped = remote(child, ("apply('%s')"):format(child:path('batch.json')))
    expect.equal(stopped, { error = 'no server is running for any open file: open one' })
  end)

  test_remote('preview, snapshot, history, undo and status', function(child)
    local path = child:path('batch.json')
    expect.equal(remote(child, ("preview('%s')"):format(path)).preview, true)
    expect.equal(child:text('a.rs'), 'one\ntwo\n')
    local snapshot = remote(child, ("snapshot('%s')"):format(child:uri('a.rs')))
    expect.equal(snapshot.numbered, '1\tone\n2\ttwo\n')
    local id = remote(child, ("apply('%s')"):format(path)).batchId
    expect.equal(remote(child, 'history()').batches[1].batchId, id)
    expect.equal(remote(child, ("undo('%s')"):format(id)).undoes, id)
    expect.equal(child:text('a.rs'), 'one\ntwo\n')
    expect.equal(#remote(child, 'status()').documents, 1)
  end)

  test_remote('while the user is in the midst of typing', function(child)
    child:type('Gotyped')
    child:wait('vim.api.nvim_buf_line_count(0) == 3')
    expect.confirmed(remote(child, ("apply('%s')"):format(child:path('batch.json'))))
    expect.equal(child:lua('return vim.api.nvim_get_mode().mode'), 'i')
    child:type(' on<Esc>')
    child:wait('vim.api.nvim_get_mode().mode == "n"')
    expect.equal(child:text('a.rs'), 'ONE\ntwo\ntyped on\n')
  end)
end
