--- Comparisons that say what was expected and what is.

local expect = {}

---@param actual any
---@param expected any
---@param what? string
function expect.equal(actual, expected, what)
  if not vim.deep_equal(actual, expected) then
    local shown = ('%sexpected %s\ngot      %s'):format(
      what and what .. ': ' or '',
      vim.inspect(expected),
      vim.inspect(actual)
    )
    error(shown, 2)
  end
end

--- An outcome's status; on a difference, the whole outcome is shown.
---@param outcome table
---@param status string
function expect.status(outcome, status)
  if outcome.status ~= status then
    error(('expected the status %s, got the outcome %s'):format(status, vim.inspect(outcome)), 2)
  end
end

--- Applied, and the server saw every document's new text.
---@param outcome table
function expect.confirmed(outcome)
  local all = outcome.status == 'applied'
  for _, document in ipairs(outcome.documents) do
    all = all and document.confirmed == true and document.state == 'after'
  end
  if not all then
    error('expected an applied and confirmed batch, got ' .. vim.inspect(outcome), 2)
  end
end

--- The codes of an outcome's violations, in order.
---@param outcome table
---@param codes string[]
function expect.violations(outcome, codes)
  local found = vim.tbl_map(function(violation)
    return violation.code
  end, outcome.violations)
  expect.equal(found, codes, 'violations')
end

--- The one message that the user got.
---@param child table
---@return string message
---@return integer level
function expect.one_message(child)
  child:wait('notified[1]')
  local notified = child:lua('return notified')
  expect.equal(#notified, 1, 'messages')
  return notified[1].message, notified[1].level
end

--- The user got this message and no other; later ones are counted anew.
---@param child table
---@param message string
---@param level integer
function expect.said(child, message, level)
  local actual, actual_level = expect.one_message(child)
  expect.equal({ actual, actual_level }, { message, level })
  child:lua('notified = {}')
end

return expect
