-- prefix, beginning of keys, most; tells how many. No byte of UTF-8 is 255.
local left = tonumber(ARGV[3])
for _, kind in ipairs(KINDS) do
  local first, behind = '[' .. kind .. ARGV[2], '(' .. kind .. ARGV[2] .. '\255'
  local names = redis.call('ZRANGEBYLEX', index, first, behind, 'LIMIT', 0, left)
  for _, name in ipairs(names) do forget(name) end
  left = left - #names
end
return ARGV[3] - left
