-- prefix, key, ready, most, milliseconds or ''
local name = 'c:' .. ARGV[2]
local start = tonumber(redis.call('GET', prefix .. name) or 0)
local stop = math.max(start, math.min(tonumber(ARGV[3]), start + tonumber(ARGV[4])))
if stop > start then write(name, whole(stop), ARGV[5]) end
return {start, stop}
