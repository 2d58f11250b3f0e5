-- Makes a room with its creator as first member; everything of an earlier life under this id goes.
-- KEYS: 1 meta, 2 members, 3 states, 4 reads, 5 log, 6 dedupe:0, 7 dedupe:1, 8 removed, 9 rate.
-- ARGV: 1 epoch, 2 idle TTL ms, 3 creator, 4 creator's revision, 5 creator's status, 6 creator's session, 7 private (0 or 1),
-- 8 invite, 9 1 if titled, 10 title.
-- include text
-- include room
if redis.call('EXISTS', KEYS[1]) == 1 then return 'exists' end
local time = redis.call('TIME')
redis.call('HSET', KEYS[1], 'epoch', ARGV[1], 'gens', server_gen() .. ':1', 'seq', '0', 'rev', '1', 'bytes', '0', 'base', '0',
  'creator', ARGV[3], 'creatorSid', ARGV[6], 'createdAt', iso(tonumber(time[1]), tonumber(time[2])), 'private', ARGV[7],
  'invite', ARGV[8])
if ARGV[9] == '1' then redis.call('HSET', KEYS[1], 'title', ARGV[10]) end
for i = 2, 9 do redis.call('DEL', KEYS[i]) end
redis.call('SADD', KEYS[2], ARGV[3])
redis.call('HSET', KEYS[3], ARGV[3], ARGV[5] .. '@' .. ARGV[4])
for i = 1, 3 do redis.call('PEXPIRE', KEYS[i], ARGV[2]) end
return 'created'
