local expect = require('expect')

return function(test)
  local patches = { { type = 'replace', line = 1, text = 'ONE' } }

  ---@param name string
  ---@param body fun(child: table)
  local function test_api(name, body)
    test('from Lua: ' .. name, {
      plugin = true,
      files = { ['a.rs'] = 'one\ntwo\n', ['b.rs'] = 'one\ntwo\n' },
    }, function(child)
      child:edit('a.rs')
      body(child)
    end)
  end

  --- What the callback of a function gets; `arguments` is Lua.
  ---@param child table
  ---@param name string
  ---@param arguments? string
  ---@return any result
  ---@return string? failure
  local function call(child, name, arguments)
    child:lua(([[
      answer = nil
      require('batchpatch').%s(%sfunction(failure, result)
        answer = { failure = failure, result = result }
      end)
    ]]):format(name, arguments and arguments .. ', ' or ''))
    child:wait('answer')
    local answer = child:lua('return answer')
    return answer.result, answer.failure
  end

  test_api('apply, history and undo', function(child)
    local batch = vim.inspect({ uri = 'a.rs', batchId = 'first', patches = patches })
    expect.confirmed(call(child, 'apply', batch))
    expect.equal(call(child, 'history', '{ limit = 1 }').batches[1].batchId, 'first')
    expect.equal(call(child, 'history', ('{ uri = %q }'):format(child:uri('b.rs'))).batches, {})
    expect.equal(call(child, 'undo', '"first"').undoes, 'first')
    expect.equal(call(child, 'history', 'nil').batches[2].undone, true)
    expect.equal(child:text('a.rs'), 'one\ntwo\n')
  end)

  test_api('preview gives the diff, and the text where it is asked for', function(child)
    local batch = vim.inspect({ uri = 'a.rs', patches = patches })
    local document = call(child, 'preview', batch .. ', nil').documents[1]
    expect.equal({ document.text, document.diff:match('%+ONE') }, { nil, '+ONE' })
    local whole = call(child, 'preview', batch .. ', { text = true }').documents[1]
    expect.equal(whole.text, 'ONE\ntwo\n')
    expect.equal(child:text('a.rs'), 'one\ntwo\n')
  end)

  test_api('snapshot is of the current buffer, or of what is named', function(child)
    expect.equal(call(child, 'snapshot', 'nil').uri, child:uri('a.rs'))
    local options = ('{ uri = %q, startLine = 2 }'):format(child:uri('b.rs'))
    expect.equal(call(child, 'snapshot', options).numbered, '2\ttwo\n')
  end)

  test_api('clear takes away what matches, and then all', function(child)
    child:open({ 'b.rs' })
    local wrong = { { type = 'delete', line = 9 } }
    expect.status(
      child:execute('batchpatch.apply', child:batch({ 'a.rs', 'b.rs' }, wrong)),
      'rejected'
    )
    child:wait('#vim.diagnostic.get() == 2')
    child:lua(([[require('batchpatch').clear({ uri = %q })]]):format(child:uri('a.rs')))
    child:wait('#vim.diagnostic.get() == 1 and #vim.diagnostic.get(0) == 1')
    child:lua([[require('batchpatch').clear()]])
    child:wait('#vim.diagnostic.get() == 0')
  end)

  test_api('how far a batch is can be seen in LspProgress', function(child)
    child:lua([[
      seen = {}
      vim.api.nvim_create_autocmd('LspProgress', {
        callback = function(event)
          local client = vim.lsp.get_client_by_id(event.data.client_id)
          table.insert(seen, { client.name, event.data.params.value.kind })
        end,
      })
    ]])
    expect.confirmed(call(child, 'apply', vim.inspect({ uri = 'a.rs', patches = patches })))
    local seen = child:lua('return seen')
    expect.equal(seen[1], { 'batchpatch', 'begin' })
    expect.equal(seen[#seen], { 'batchpatch', 'end' })
    call(child, 'status')
    expect.equal(child:lua('return #seen'), #seen, 'only what changes documents has progress')
  end)

  test_api('status tells what the server believes', function(child)
    local status = call(child, 'status')
    expect.equal({ #status.documents, status.documents[1].uri }, { 1, child:uri('a.rs') })
  end)

  test_api('a malformed batch is a failure, a rejected one is none', function(child)
    local outcome, failure = call(child, 'apply', '{ uri = "a.rs", patches = { {} } }')
    expect.equal({ outcome, failure:match('patches%[0%]') }, { nil, 'patches[0]' })
    outcome, failure =
      call(child, 'apply', '{ uri = "a.rs", patches = { { type = "delete", line = 9 } } }')
    expect.equal({ outcome.status, failure }, { 'rejected', nil })
  end)

  test_api('no callback is needed, and nothing is said', function(child)
    child:lua(
      ([[require('batchpatch').apply(%s)]]):format(vim.inspect({ uri = 'a.rs', patches = patches }))
    )
    -- Batches on one document are answered in their order.
    expect.confirmed(child:apply('a.rs', { { type = 'replace', line = 2, text = 'TWO' } }))
    expect.equal(child:text('a.rs'), 'ONE\nTWO\n')
    expect.equal(child:lua('return { notified, vim.v.errmsg }'), { {}, '' })
  end)
end
