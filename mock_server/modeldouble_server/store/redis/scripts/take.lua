-- prefix, key, ready, most, milliseconds or '', key of the value, old, new, milliseconds or ''
local name, beside = 'c:' .. ARGV[2], 'v:' .. ARGV[6]
local start = tonumber(redis.call('GET', prefix .. name) or 0)
local stop = math.max(start, math.min(tonumber(ARGV[3]), start + tonumber(ARGV[4])))
local found = redis.call('GET', prefix .. beside)
-- Of what is gone, the counter may be gone as well, and would begin anew.
if stop == start or not found then return {start, start, 0} end
local same = found == ARGV[7]
-- Changes nothing, but is a write that a full Redis does not refuse, and it refuses none after it: a job that is there is
-- popped to its end, as it grows by no more than its counter.
redis.call('PERSIST', hand)
write(name, whole(stop), ARGV[5])
if same then write(beside, ARGV[8], ARGV[9]) end
return {start, stop, same and 1 or 0}
