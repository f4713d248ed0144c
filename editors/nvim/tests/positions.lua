local expect = require('expect')

--- What points at a line stays with the line's text where a batch does not touch it.
return function(test)
  local before = {}
  for n = 1, 20 do
    before[n] = 'line ' .. n
  end

  --- Every kind of patch, above, between and below the lines that are looked at: 2, 7, 13 and 19.
  local patches = {
    { type = 'insert', line = 1, text = 'inserted' },
    { type = 'delete', line = 3 },
    { type = 'replace', line = 5, text = 'replaced by\ntwo lines' },
    { type = 'delete', line = 6 },
    { type = 'delete', line = 8, endLine = 9 },
    { type = 'replace', line = 11, endLine = 12, text = 'replaced' },
    { type = 'insert', line = 13, text = 'inserted\nabove' },
    {
      type = 'edit',
      range = { start = { line = 14, character = 0 }, ['end'] = { line = 15, character = 0 } },
      newText = '',
    },
    { type = 'replace', line = 18, text = 'replaced' },
    { type = 'delete', line = 20 },
  }
  local looked_at = { 2, 7, 13, 19 }

  ---@param name string
  ---@param body fun(child: table)
  local function test_positions(name, body)
    test('a batch leaves ' .. name, {
      plugin = true,
      files = { ['a.rs'] = table.concat(before, '\n') .. '\n' },
    }, function(child)
      child:edit('a.rs')
      body(child)
    end)
  end

  ---@param child table
  local function apply(child)
    expect.confirmed(child:apply('a.rs', patches))
  end

  for _, line in ipairs(looked_at) do
    test_positions(
      ('the cursor on its text, in both windows: line %d'):format(line),
      function(child)
        child:lua(
          [[
          local line = ...
          vim.api.nvim_win_set_cursor(0, { line, 3 })
          vim.cmd.split()
          vim.api.nvim_win_set_cursor(0, { line, 5 })
        ]],
          line
        )
        apply(child)
        local cursors = child:lua([[
        return vim.tbl_map(function(window)
          local row, column = unpack(vim.api.nvim_win_get_cursor(window))
          return { vim.api.nvim_buf_get_lines(0, row - 1, row, true)[1], column }
        end, vim.api.nvim_tabpage_list_wins(0))
      ]])
        expect.equal(cursors, { { 'line ' .. line, 5 }, { 'line ' .. line, 3 } })
      end
    )
  end

  test_positions('marks on their text', function(child)
    child:lua(
      [[
        for index, line in ipairs(...) do
          vim.api.nvim_buf_set_mark(0, ('abcd'):sub(index, index), line, 2, {})
        end
      ]],
      looked_at
    )
    apply(child)
    local marked = child:lua([[
      return vim.tbl_map(function(name)
        local row, column = unpack(vim.api.nvim_buf_get_mark(0, name))
        return { row > 0 and vim.api.nvim_buf_get_lines(0, row - 1, row, true)[1] or 'lost', column }
      end, { 'a', 'b', 'c', 'd' })
    ]])
    expect.equal(marked, { { 'line 2', 2 }, { 'line 7', 2 }, { 'line 13', 2 }, { 'line 19', 2 } })
  end)

  test_positions(
    'a mark on a line that is replaced at its number, and none on one that is gone',
    function(child)
      child:lua([[
      vim.api.nvim_buf_set_mark(0, 'a', 18, 2, {})
      vim.api.nvim_buf_set_mark(0, 'b', 8, 2, {})
    ]])
      apply(child)
      local marked = child:lua([[
      local row = vim.api.nvim_buf_get_mark(0, 'a')[1]
      return { vim.fn.getline(row), vim.api.nvim_buf_get_mark(0, 'b')[1] }
    ]])
      expect.equal(marked, { 'replaced', 0 })
    end
  )

  test_positions('extmarks on their text', function(child)
    child:lua(
      [[
        space = vim.api.nvim_create_namespace('test')
        for id, line in ipairs(...) do
          vim.api.nvim_buf_set_extmark(0, space, line - 1, 2, { id = id })
        end
      ]],
      looked_at
    )
    apply(child)
    local marked = child:lua([[
      return vim.tbl_map(function(mark)
        return { vim.api.nvim_buf_get_lines(0, mark[2], mark[2] + 1, true)[1], mark[3] }
      end, vim.api.nvim_buf_get_extmarks(0, space, 0, -1, {}))
    ]])
    expect.equal(marked, { { 'line 2', 2 }, { 'line 7', 2 }, { 'line 13', 2 }, { 'line 19', 2 } })
  end)

  test_positions('folds closed around their text, in both windows', function(child)
    child:lua([[
      for _ = 1, 2 do
        vim.wo.foldmethod = 'manual'
        vim.cmd('1,2fold')
        vim.cmd('13,14fold')
        vim.cmd('split')
      end
      vim.cmd('close')
    ]])
    expect.confirmed(child:apply('a.rs', {
      { type = 'delete', line = 3 },
      { type = 'replace', line = 5, text = 'replaced by\ntwo lines' },
      { type = 'delete', line = 12 },
      { type = 'insert', line = 15, text = 'inserted' },
    }))
    local folded = child:lua([[
      return vim.tbl_map(function(window)
        return vim.api.nvim_win_call(window, function()
          local folds, row = {}, 1
          while row <= vim.fn.line('$') do
            local last = vim.fn.foldclosedend(row)
            if last > 0 then
              table.insert(folds, vim.fn.getline(row) .. ' to ' .. vim.fn.getline(last))
              row = last
            end
            row = row + 1
          end
          return folds
        end)
      end, vim.api.nvim_tabpage_list_wins(0))
    ]])
    local expected = { 'line 1 to line 2', 'line 13 to line 14' }
    expect.equal(folded, { expected, expected })
  end)

  test_positions('the top line of its windows where it is', function(child)
    child:lua([[
      vim.o.scrolloff = 0
      vim.cmd('botright 4split')
      vim.api.nvim_win_set_cursor(0, { 14, 0 })
      vim.cmd('normal! zt')
      vim.fn.winrestview({ topline = 13 })
      top = vim.fn.getline('w0')
    ]])
    apply(child)
    expect.equal(child:lua([[return { top, vim.fn.getline('w0') }]]), { 'line 13', 'line 13' })
  end)
end
