-- Takes users whose hint has passed; they come up again after the lease. KEYS: shards of presence:due.
-- ARGV: 1 limit, 2 lease ms. Answers user, score, user, score, …
local clock = redis.call('TIME')
local now_ms = tonumber(clock[1]) * 1000 + math.floor(tonumber(clock[2]) / 1000)
local left = tonumber(ARGV[1])
local score = string.format('%d.5', now_ms + tonumber(ARGV[2]) - 1)
local taken = {}
for _, shard in ipairs(KEYS) do
  if left <= 0 then break end
  for _, user in ipairs(redis.call('ZRANGEBYSCORE', shard, '-inf', now_ms, 'LIMIT', 0, left)) do
    redis.call('ZADD', shard, score, user)
    taken[#taken + 1] = user
    taken[#taken + 1] = score
    left = left - 1
  end
end
return taken
