-- prefix, key, old, new, milliseconds or ''
local name = 'v:' .. ARGV[2]
if redis.call('GET', prefix .. name) ~= ARGV[3] then return 0 end
write(name, ARGV[4], ARGV[5])
return 1
