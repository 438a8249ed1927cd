-- prefix, key, value, milliseconds or ''
local name = 'v:' .. ARGV[2]
if redis.call('EXISTS', prefix .. name) == 1 then return 0 end
write(name, ARGV[3], ARGV[4])
return 1
