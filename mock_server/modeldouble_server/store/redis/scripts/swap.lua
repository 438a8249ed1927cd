-- prefix, key, old, new, milliseconds or ''
local name = 'v:' .. ARGV[2]
if redis.call('GET', prefix .. name) ~= ARGV[3] then return 0 end
-- As in `take`: a job is stopped and cleared also where Redis is full, or nothing would ever make room.
if #ARGV[4] <= #ARGV[3] + 200 then redis.call('PERSIST', hand) end
write(name, ARGV[4], ARGV[5])
return 1
