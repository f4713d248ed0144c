--- A batch in a file.

local M = {}

---@param path string
---@return string? bytes
---@return string? failure
local function bytes_of(path)
  local file, failure = io.open(path, 'rb')
  if not file then
    return nil, failure
  end
  local bytes, reason = file:read('*a')
  file:close()
  return bytes, reason and ('%s: %s'):format(path, reason)
end

--- The batch in the file. Its columns count in utf-16 unless it says otherwise, whatever encoding
--- the editor and the server have agreed upon.
---@param path string
---@return table? batch
---@return string? failure
function M.read(path)
  local bytes, failure = bytes_of(path)
  if not bytes then
    return nil, failure
  end
  local decoded, batch = pcall(vim.json.decode, (bytes:gsub('^\239\187\191', '')))
  if not decoded then
    return nil, ('%s is not JSON: %s'):format(path, batch)
  end
  if type(batch) ~= 'table' or (vim.islist(batch) and #batch > 0) then
    return nil, ('%s is not a batch: it holds no JSON object'):format(path)
  end
  if batch.positionEncoding == nil or batch.positionEncoding == vim.NIL then
    batch.positionEncoding = 'utf-16'
  end
  return batch
end

return M
