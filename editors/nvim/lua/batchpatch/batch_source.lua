--- A batch, read from where a person or a program has put it.

local M = {}

--- The batch in a JSON text. Its columns count in utf-16 unless it says otherwise, whatever encoding
--- the editor and the server have agreed upon.
---@param text string
---@param name string what the text is called in a message
---@return batchpatch.Batch? batch
---@return string? failure
function M.text(text, name)
  local decoded, batch = pcall(vim.json.decode, (text:gsub('^\239\187\191', '')))
  if not decoded then
    return nil, ('%s is not JSON: %s'):format(name, batch)
  end
  if type(batch) ~= 'table' or (vim.islist(batch) and #batch > 0) then
    return nil, ('%s is not a batch: it holds no JSON object'):format(name)
  end
  if batch.positionEncoding == nil or batch.positionEncoding == vim.NIL then
    batch.positionEncoding = 'utf-16'
  end
  return batch
end

---@param path string
---@return batchpatch.Batch? batch
---@return string? failure
function M.file(path)
  local file, failure = io.open(path, 'rb')
  if not file then
    return nil, failure
  end
  local bytes, reason = file:read('*a')
  file:close()
  if not bytes then
    return nil, ('%s: %s'):format(path, reason)
  end
  return M.text(bytes, path)
end

---@param register string its name, one character
---@return batchpatch.Batch? batch
---@return string? failure
function M.register(register)
  local read, text = pcall(vim.fn.getreg, register)
  if not read then
    return nil, ('register %s cannot be read: %s'):format(register, text)
  end
  return M.text(text, 'register ' .. register)
end

--- The batch in the current buffer's text, saved or not.
---@param first integer the first line, from 1
---@param last integer the last line, itself included
---@return batchpatch.Batch? batch
---@return string? failure
function M.lines(first, last)
  local lines = vim.api.nvim_buf_get_lines(0, first - 1, last, false)
  return M.text(table.concat(lines, '\n'), 'this buffer')
end

return M
