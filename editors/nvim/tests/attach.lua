local expect = require('expect')

return function(test)
  for name, what in pairs({ ['a.rs'] = 'a known type', ['a.unknowntype'] = 'no type' }) do
    local options = { plugin = true, files = { [name] = 'a\n' } }
    test('attaches to a file of ' .. what, options, function(child)
      child:edit(name)
      expect.equal(child:lua('return #vim.lsp.get_clients()'), 1)
    end)
  end

  test('attaches to no buffer that is not a file', {
    plugin = true,
    files = { ['a.rs'] = 'a\n' },
  }, function(child)
    child:edit('a.rs')
    child:command('new | set buftype=nofile filetype=rust')
    expect.equal(child:lua('return #vim.lsp.get_clients({ bufnr = 0 })'), 0)
  end)

  test('files of one folder share one server', {
    plugin = true,
    files = { ['a.rs'] = 'a\n', ['b.txt'] = 'b\n', ['c.unknowntype'] = 'c\n' },
  }, function(child)
    for _, name in ipairs({ 'a.rs', 'b.txt', 'c.unknowntype' }) do
      child:edit(name)
    end
    expect.equal(child:lua('return #vim.lsp.get_clients()'), 1)
  end)
end
