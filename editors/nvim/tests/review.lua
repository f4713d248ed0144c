local expect = require('expect')

return function(test)
  local levels = vim.log.levels

  local batch = {
    batchId = 'both',
    label = 'Both files',
    documents = {
      {
        uri = 'a.rs',
        patches = {
          { type = 'replace', line = 1, text = 'ONE', expect = 'one' },
          { type = 'delete', line = 9 },
          { type = 'insert', line = 3, text = 'a\nb' },
        },
      },
      { uri = 'b.rs', patches = { { type = 'replace', line = 1, endLine = 2, text = 'B' } } },
    },
  }

  --- A test that begins with the preview of the batch.
  ---@param name string
  ---@param options table `config` and `batch`, where they are others
  ---@param body fun(child: table)
  local function test_review(name, options, body)
    test('the preview: ' .. name, {
      plugin = true,
      config = options.config,
      files = {
        ['a.rs'] = 'one\ntwo\nthree\n',
        ['b.rs'] = 'b\nbb\n',
        ['batch.json'] = vim.json.encode(options.batch or batch),
      },
    }, function(child)
      child:edit('a.rs')
      child:command('BatchPatch preview batch.json')
      child:wait('notified[1]')
      child:lua('notified = {}')
      body(child)
    end)
  end

  --- The lines of the preview from the second on.
  ---@param child table
  ---@return string[]
  local function lines(child)
    return child:lua([[
      local bufnr = vim.fn.bufnr('batchpatch://preview')
      return vim.api.nvim_buf_get_lines(bufnr, 1, -1, true)
    ]])
  end

  --- Goes to the line that contains the words.
  ---@param child table
  ---@param words string
  local function go_to(child, words)
    expect.equal(child:lua([[return vim.fn.search('\\V' .. ..., 'cw')]], words) > 0, true, words)
  end

  --- Waits until the second line begins so.
  ---@param child table
  ---@param start string
  local function wait_for(child, start)
    child:wait(
      [[vim.startswith(vim.fn.getbufline('batchpatch://preview', 2)[1] or '', ...)]],
      start
    )
  end

  --- Unticks the patch that cannot be applied.
  ---@param child table
  local function untick_the_wrong_one(child)
    go_to(child, 'delete')
    child:type('<Space>')
    wait_for(child, '3 of 4 patches would be applied')
  end

  test_review(
    'lists the patches by document, what is wrong at its patch, and the keys',
    {},
    function(child)
      local shown = lines(child)
      expect.equal(child:lua('return vim.api.nvim_buf_get_lines(0, 0, 1, true)[1]'), 'Both files')
      expect.equal(shown, {
        '4 of 4 patches would be rejected: 1 violation',
        '<Space> tick  a all  n none  <CR> diff  A apply  r reread  q close',
        '',
        'a.rs',
        '  [x]  0 replace 1           ONE',
        '  [x]  1 delete  9',
        '      ! line-out-of-range: the patch names line 9, and the document has 3 lines',
        '  [x]  2 insert  3           a (2 lines)',
        '',
        'b.rs',
        '  [x]  0 replace 1-2         B',
      })
      expect.equal(child:text('a.rs'), 'one\ntwo\nthree\n')
      expect.equal(#child:lua('return vim.diagnostic.get()'), 0)
      expect.equal(child:lua('return #vim.fn.getqflist()'), 1)
    end
  )

  test_review('what is ticked no more is no violation', {}, function(child)
    untick_the_wrong_one(child)
    expect.equal(lines(child)[6], '  [ ]  1 delete  9')
    expect.equal(lines(child)[7], '  [x]  2 insert  3           a (2 lines)')
    expect.equal(child:lua('return vim.api.nvim_get_current_line()'), '  [ ]  1 delete  9')
    child:type('x')
    wait_for(child, '4 of 4 patches would be rejected')
  end)

  test_review('all and none', {}, function(child)
    child:type('n')
    wait_for(child, '0 of 4 patches')
    expect.equal(table.concat(lines(child), '\n'):find('[x]', 1, true), nil)
    child:type('A')
    child:wait('notified[1]')
    expect.said(child, 'batchpatch: no patch is ticked', levels.INFO)
    child:type('a')
    wait_for(child, '4 of 4 patches would be rejected')
  end)

  test_review('on the name of a document, all of its patches', {}, function(child)
    go_to(child, 'a.rs')
    child:type('x')
    wait_for(child, '1 of 4 patches would be applied')
    expect.equal(lines(child)[10], '  [x]  0 replace 1-2         B')
    child:type('x')
    wait_for(child, '4 of 4 patches')
  end)

  test_review('applies what is ticked, in all documents at once, and closes', {}, function(child)
    untick_the_wrong_one(child)
    child:around('', '')
    child:type('A')
    expect.said(child, 'batchpatch: applied 3 patches to 2 documents', levels.INFO)
    expect.equal(child:text('a.rs'), 'ONE\ntwo\na\nb\nthree\n')
    expect.equal(child:text('b.rs'), 'B\n')
    expect.equal(child:lua('return edits'), 1)
    expect.equal(child:lua('return vim.fn.bufexists("batchpatch://preview")'), 0)
  end)

  test_review('what is applied is applied once', {}, function(child)
    untick_the_wrong_one(child)
    child:around('', '')
    child:type('AA')
    expect.said(child, 'batchpatch: applied 3 patches to 2 documents', levels.INFO)
    -- What was sent before is answered before.
    child:execute('batchpatch.history', { uri = child:uri('a.rs') })
    expect.equal(child:lua('return { edits, notified }'), { 1, {} })
  end)

  local with_a_stranger = {
    documents = {
      { uri = 'none.rs', patches = { { type = 'delete', line = 1 } } },
      { uri = 'b.rs', patches = { { type = 'delete', line = 1 } } },
    },
  }
  test_review(
    'a document without a ticked patch takes no part',
    { batch = with_a_stranger },
    function(child)
      expect.equal(lines(child)[1], '2 of 2 patches would be rejected: 1 violation')
      go_to(child, 'none.rs')
      child:type('x')
      wait_for(child, '1 of 2 patches would be applied')
      child:type('A')
      expect.said(child, 'batchpatch: applied 1 patch to 1 document', levels.INFO)
      expect.equal({ child:text('none.rs'), child:text('b.rs') }, { nil, 'bb\n' })
    end
  )

  test_review('what is rejected stays open, and says why', {}, function(child)
    child:type('A')
    expect.said(child, 'batchpatch: rejected, 1 violation (see diagnostics)', levels.WARN)
    wait_for(child, '4 of 4 patches would be rejected')
    expect.equal(child:text('a.rs'), 'one\ntwo\nthree\n')
  end)

  test_review('a text that moved meanwhile is stale, until it is read again', {}, function(child)
    untick_the_wrong_one(child)
    child:lua([[vim.api.nvim_buf_set_lines(vim.fn.bufnr('a.rs'), 3, 3, true, { 'typed' })]])
    child:type('A')
    expect.said(child, 'batchpatch: rejected, 1 violation (see diagnostics)', levels.WARN)
    wait_for(child, '3 of 4 patches would be rejected')
    expect.equal(lines(child)[5]:match('! (.-):'), 'stale-snapshot')
    expect.equal(child:text('a.rs'), 'one\ntwo\nthree\ntyped\n')
    expect.equal(child:text('b.rs'), nil)
    child:type('r')
    wait_for(child, '3 of 4 patches would be applied')
    child:type('A')
    expect.said(child, 'batchpatch: applied 3 patches to 2 documents', levels.INFO)
    expect.equal(child:text('a.rs'), 'ONE\ntwo\na\nb\nthree\ntyped\n')
  end)

  local carried_over = vim.tbl_extend('force', with_a_stranger.documents[2], { onStale = 'rebase' })
  test_review('of a batch that may be carried over, a text that moved is stale too', {
    batch = carried_over,
  }, function(child)
    child:command('wincmd k | edit b.rs')
    child:command('normal! Gotyped')
    child:command('wincmd j')
    child:type('A')
    expect.said(child, 'batchpatch: rejected, 1 violation (see diagnostics)', levels.WARN)
    expect.equal(child:text('b.rs'), 'b\nbb\ntyped\n')
  end)

  test_review('what is null is not there', {
    batch = {
      batchId = vim.NIL,
      label = vim.NIL,
      uri = 'a.rs',
      snapshot = vim.NIL,
      patches = {
        { type = 'delete', line = 1, endLine = vim.NIL, expect = vim.NIL, range = vim.NIL },
        {
          type = 'edit',
          range = { start = { line = 1, character = 0 }, ['end'] = { line = 1, character = 3 } },
          newText = '',
          text = vim.NIL,
        },
      },
    },
  }, function(child)
    expect.equal(child:lua('return vim.fn.getline(1)'), 'A batch without a label')
    expect.equal(vim.list_slice(lines(child), 5), {
      '  [x]  0 delete  1',
      '  [x]  1 edit    2:1-2:4',
    })
  end)

  local conflicting = {
    uri = 'a.rs',
    patches = {
      { type = 'insert', line = 1, text = 'zero' },
      { type = 'replace', line = 2, text = 'TWO' },
      { type = 'replace', line = 2, text = 'II' },
    },
  }
  test_review(
    'patches keep their numbers, whichever are ticked',
    { batch = conflicting },
    function(child)
      local function reason()
        return vim.iter(lines(child)):find(function(line)
          return line:find('!', 1, true)
        end)
      end
      expect.equal(reason():match('patch %d'), 'patch 1')
      go_to(child, 'insert')
      child:type('x')
      wait_for(child, '2 of 3 patches would be rejected')
      expect.equal(reason():match('patch %d'), 'patch 1')
      expect.equal(lines(child)[7]:sub(1, 8), '  [x]  2')
    end
  )

  --- The texts of the windows in diff mode, from left to right.
  local diffs = [[
    local texts = {}
    for _, window in ipairs(vim.api.nvim_tabpage_list_wins(0)) do
      if vim.wo[window].diff then
        local lines = vim.api.nvim_buf_get_lines(vim.api.nvim_win_get_buf(window), 0, -1, true)
        table.insert(texts, table.concat(lines, ' '))
      end
    end
    return texts
  ]]

  test_review(
    'the diff shows the document beside what it would be, and follows the ticks',
    {},
    function(child)
      untick_the_wrong_one(child)
      child:type('<CR>')
      child:wait(('(function() %s end)()[2] == "ONE two a b three"'):format(diffs))
      expect.equal(child:lua(diffs), { 'one two three', 'ONE two a b three' })
      expect.equal(child:lua('return vim.fn.bufname()'), 'batchpatch://preview')
      go_to(child, 'ONE')
      child:type('x')
      child:wait(('(function() %s end)()[2] == "one two a b three"'):format(diffs))
      child:type('q')
      child:wait('#vim.api.nvim_list_wins() == 1')
      expect.equal(child:lua('return { vim.fn.expand("%:t"), vim.wo.diff }'), { 'a.rs', false })
    end
  )

  test_review('the diff of a file that is not open does not open it', {}, function(child)
    untick_the_wrong_one(child)
    go_to(child, 'b.rs')
    child:type('<CR>')
    child:wait(('(function() %s end)()[2] == "B"'):format(diffs))
    expect.equal(child:lua(diffs), { 'b bb', 'B' })
    expect.equal(child:text('b.rs'), nil)
    child:type('q')
    child:wait('#vim.api.nvim_list_wins() == 1')
    expect.equal(child:lua('return vim.fn.expand("%:t")'), 'a.rs')
  end)

  test_review('the diff leaves a window alone whose buffer has to stay', {}, function(child)
    child:command('wincmd k | set winfixbuf | wincmd j')
    untick_the_wrong_one(child)
    go_to(child, 'b.rs')
    child:type('<CR>')
    child:wait(('(function() %s end)()[2] == "B"'):format(diffs))
    child:type('q')
    child:wait('#vim.api.nvim_list_wins() == 1')
    expect.equal(child:lua('return vim.fn.expand("%:t")'), 'a.rs')
  end)

  test_review('the diff comes again after its window was closed', {}, function(child)
    untick_the_wrong_one(child)
    child:type('<CR>')
    child:wait('#vim.api.nvim_list_wins() == 3')
    child:command('wincmd k | wincmd l | close | wincmd j')
    child:wait('#vim.api.nvim_list_wins() == 2')
    child:type('<CR>')
    child:wait(('(function() %s end)()[2] == "ONE two a b three"'):format(diffs))
    expect.equal(child:lua(diffs), { 'one two three', 'ONE two a b three' })
  end)

  test_review(':quit takes the diff away too', {}, function(child)
    untick_the_wrong_one(child)
    child:type('<CR>')
    child:wait('#vim.api.nvim_list_wins() == 3')
    child:command('quit')
    child:wait('#vim.api.nvim_list_wins() == 1')
    expect.equal(child:lua('return vim.wo.diff'), false)
  end)

  test_review('a second one takes the window of the first', {}, function(child)
    child:command('BatchPatch preview batch.json')
    child:wait('notified[1]')
    expect.equal(child:lua('return #vim.api.nvim_list_wins()'), 2)
  end)

  test_review('floats where the user wants it', { config = { preview = 'float' } }, function(child)
    expect.equal(child:lua('return vim.api.nvim_win_get_config(0).relative'), 'editor')
    untick_the_wrong_one(child)
    child:type('<CR>')
    child:wait(('(function() %s end)()[2] == "ONE two a b three"'):format(diffs))
    child:type('q')
    child:wait('#vim.api.nvim_list_wins() == 1')
  end)

  test('the preview: it does not take the focus from somebody who went on', {
    plugin = true,
    files = { ['a.rs'] = 'one\ntwo\nthree\n', ['batch.json'] = vim.json.encode(conflicting) },
  }, function(child)
    child:edit('a.rs')
    child:lua([[vim.cmd('BatchPatch preview batch.json') vim.cmd.new()]])
    child:wait('notified[1]')
    expect.equal(child:lua('return { vim.fn.bufname(), #vim.api.nvim_list_wins() }'), { '', 3 })
  end)

  test_review('its colours are those of standard groups', {}, function(child)
    local group = child:lua([[
      local line = vim.fn.search('would be rejected', 'cnw')
      return vim.fn.synIDattr(vim.fn.synID(line, 1, 1), 'name')
    ]])
    expect.equal(group, 'BatchPatchRefusal')
    expect.equal(child:lua([[return vim.fn.getcompletion('BatchPatch', 'highlight')]]), {
      'BatchPatchDocument',
      'BatchPatchIndex',
      'BatchPatchKeys',
      'BatchPatchKind',
      'BatchPatchPlace',
      'BatchPatchRefusal',
      'BatchPatchSummary',
      'BatchPatchTicked',
      'BatchPatchTitle',
      'BatchPatchUnticked',
      'BatchPatchViolation',
    })
    local linked = child:lua([[
      return vim.iter(vim.fn.getcompletion('BatchPatch', 'highlight')):all(function(name)
        return vim.api.nvim_get_hl(0, { name = name }).link ~= nil
      end)
    ]])
    expect.equal(linked, true)
  end)
end
