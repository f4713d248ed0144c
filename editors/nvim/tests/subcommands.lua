local expect = require('expect')

return function(test)
  local levels = vim.log.levels
  local applied = 'batchpatch: applied 1 patch to 1 document'

  ---@param line integer
  ---@param text string
  ---@param batch? table
  ---@return string json
  local function replacing(line, text, batch)
    return vim.json.encode(vim.tbl_extend('force', {
      uri = 'a.rs',
      patches = { { type = 'replace', line = line, text = text } },
    }, batch or {}))
  end

  ---@param name string
  ---@param body fun(child: table)
  local function test_command(name, body)
    test('BatchPatch ' .. name, {
      plugin = true,
      files = {
        ['a.rs'] = 'one\ntwo\nthree\n',
        ['first.json'] = replacing(1, 'ONE', { batchId = 'first', label = 'The first line' }),
        ['second.json'] = replacing(2, 'TWO', { batchId = 'second' }),
      },
    }, function(child)
      child:edit('a.rs')
      body(child)
    end)
  end

  --- Applies the batch of a file.
  ---@param child table
  ---@param name string
  local function apply(child, name)
    child:command('BatchPatch apply ' .. name)
    expect.said(child, applied, levels.INFO)
  end

  --- What the command prints, once it has.
  ---@param child table
  ---@param command string
  ---@return string[]
  local function printed(child, command)
    child:lua('echoed = nil; vim.api.nvim_echo = function(chunks) echoed = chunks[1][1] end')
    child:command(command)
    child:wait('echoed')
    return vim.split(child:lua('return echoed'), '\n')
  end

  test_command(
    'apply without a file: the text of the buffer is the batch, saved or not',
    function(child)
      child:edit('first.json')
      child:command('%s/ONE/UNSAVED/')
      child:command('BatchPatch apply')
      expect.said(child, applied, levels.INFO)
      expect.equal(child:text('a.rs'), 'UNSAVED\ntwo\nthree\n')
    end
  )

  test_command('apply with a range: its lines are the batch', function(child)
    child:command('set hidden | enew')
    child:lua(
      [[vim.api.nvim_buf_set_lines(0, 0, -1, true, { 'Try this:', ..., 'Good?' })]],
      replacing(3, 'III')
    )
    child:command('2BatchPatch apply')
    expect.said(child, applied, levels.INFO)
    expect.equal(child:text('a.rs'), 'one\ntwo\nIII\n')
  end)

  test_command('apply of a register', function(child)
    child:lua('vim.fn.setreg("b", ...)', replacing(2, 'II'))
    child:command('BatchPatch apply @b')
    expect.said(child, applied, levels.INFO)
    expect.equal(child:text('a.rs'), 'one\nII\nthree\n')
  end)

  test_command('apply of an empty register is one message', function(child)
    child:command('BatchPatch apply @b')
    local message, level = expect.one_message(child)
    expect.equal(message:find('register b is not JSON', 1, true) ~= nil, true, message)
    expect.equal(level, levels.ERROR)
  end)

  test_command('undo takes back the last batch, then the one before', function(child)
    apply(child, 'first.json')
    apply(child, 'second.json')
    child:command('BatchPatch undo')
    expect.said(child, 'batchpatch: took back second in 1 document', levels.INFO)
    expect.equal(child:text('a.rs'), 'ONE\ntwo\nthree\n')
    child:command('BatchPatch undo')
    expect.said(child, 'batchpatch: took back first in 1 document', levels.INFO)
    expect.equal(child:text('a.rs'), 'one\ntwo\nthree\n')
    child:command('BatchPatch undo')
    expect.said(child, 'batchpatch: there is no batch to take back', levels.WARN)
    expect.equal(child:lua('return #vim.fn.getqflist()'), 0)
  end)

  test_command('undo of an id, which is completed', function(child)
    apply(child, 'first.json')
    apply(child, 'second.json')
    local function completed(line)
      return child:lua('return vim.fn.getcompletion(..., "cmdline")', line)
    end
    expect.equal(completed('BatchPatch undo '), { 'second', 'first' })
    expect.equal(completed('BatchPatch undo f'), { 'first' })
    child:command('BatchPatch undo first')
    expect.said(child, 'batchpatch: took back first in 1 document', levels.INFO)
    expect.equal(child:text('a.rs'), 'one\nTWO\nthree\n')
    expect.equal(vim.list_contains(completed('BatchPatch undo '), 'first'), false)
  end)

  test_command('history lists the batches, the last one first', function(child)
    expect.equal(printed(child, 'BatchPatch history'), { 'batchpatch: no batches yet' })
    apply(child, 'first.json')
    apply(child, 'second.json')
    child:command('BatchPatch undo first')
    expect.one_message(child)
    local words = vim.tbl_map(function(line)
      return vim.split(line, '%s%s+', { trimempty = true })
    end, printed(child, 'BatchPatch history'))
    expect.equal(vim.list_slice(words, 2), {
      { 'second', 'applied' },
      { 'first', 'taken back', 'The first line' },
    })
  end)

  test_command('snapshot: the lines and their token are in a register', function(child)
    child:command('BatchPatch snapshot')
    local message = expect.one_message(child)
    local token = child:token('a.rs')
    expect.equal(
      message,
      ('batchpatch: lines 1 to 3 of a.rs, with the token %s, are in register "'):format(token)
    )
    expect.equal(
      child:lua('return vim.fn.getreg([["]])'),
      ('uri: %s\nsnapshot: %s\n1\tone\n2\ttwo\n3\tthree\n'):format(child:uri('a.rs'), token)
    )
  end)

  test_command('snapshot of a range goes into the register that is named', function(child)
    child:command('2,3BatchPatch snapshot @s')
    expect.one_message(child)
    local lines = vim.split(child:lua('return vim.fn.getreg("s")'), '\n')
    expect.equal(vim.list_slice(lines, 3), { '2\ttwo', '3\tthree', '' })
  end)

  test_command('snapshot into what is no register is one message', function(child)
    child:command('BatchPatch snapshot s')
    expect.said(child, 'batchpatch: s is no register: it is named as in @+', levels.ERROR)
  end)

  test_command('clear takes the diagnostics away', function(child)
    child:write('bad.json', replacing(9, 'nine'))
    child:command('BatchPatch apply bad.json')
    child:wait('#vim.diagnostic.get(0) == 1')
    child:command('BatchPatch clear')
    child:wait('#vim.diagnostic.get(0) == 0')
  end)

  test_command('log opens the log of language servers', function(child)
    child:command('BatchPatch log')
    expect.equal(child:lua('return vim.fs.basename(vim.api.nvim_buf_get_name(0))'), 'lsp.log')
  end)
end
