-- prefix, first name (as ZRANGEBYLEX wants it), beginning of keys, most names, most bytes.
-- Gives the last name that was looked at, '' if there are no more; then names and values by turns.
local found, bytes = {''}, 0
local names = redis.call('ZRANGEBYLEX', index, ARGV[2], '(v:' .. ARGV[3] .. '\255', 'LIMIT', 0, ARGV[4])
for at, name in ipairs(names) do
  local value = redis.call('GET', prefix .. name)
  if value then
    found[#found + 1] = name
    found[#found + 1] = value
    bytes = bytes + #value
  else
    redis.call('ZREM', index, name)
  end
  if bytes >= tonumber(ARGV[5]) or at == tonumber(ARGV[4]) then
    found[1] = name
    break
  end
end
return found
