-- Writes when to look at users again. KEYS: shards of presence:due. ARGV: 1 margin ms; then three a hint: index of its shard,
-- user, delay ms ('' writes only where there is none). Answers how many were new.
-- A hint is never due before the script it stands for has run (margin), only ever comes nearer, and always differs from the
-- score that a sweeper took (those end in .5): a sweeper that looked too early cannot remove it.
local clock = redis.call('TIME')
local now_ms = tonumber(clock[1]) * 1000 + math.floor(tonumber(clock[2]) / 1000)
local margin = tonumber(ARGV[1])
local added = 0
for i = 2, #ARGV, 3 do
  local shard, user, delay = KEYS[tonumber(ARGV[i])], ARGV[i + 1], tonumber(ARGV[i + 2])
  local known = redis.call('ZSCORE', shard, user)
  if not known then
    added = added + redis.call('ZADD', shard, string.format('%d', now_ms + math.max(delay or 0, margin)), user)
  elseif delay then
    local soonest = math.max(math.floor(tonumber(known)), now_ms + margin)
    redis.call('ZADD', shard, string.format('%d', math.min(now_ms + math.max(delay, margin), soonest)), user)
  end
end
return added
