-- prefix, most bytes, keys; gives their values, as many of them as have so many bytes together, and at least one.
local found, bytes = {}, 0
for at = 3, #ARGV do
  local value = redis.call('GET', prefix .. 'v:' .. ARGV[at])
  found[#found + 1] = value
  if value then bytes = bytes + #value end
  if bytes >= tonumber(ARGV[2]) then break end
end
return found
