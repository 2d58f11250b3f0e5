-- A name keeps those that look like it from others. Key: the look. Arguments: name, life in ms, a holder that is no more.
-- Answers who holds the look now.
local holder = redis.call('GET', KEYS[1])
if holder and holder ~= ARGV[1] and holder ~= ARGV[3] then return holder end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
return ARGV[1]
