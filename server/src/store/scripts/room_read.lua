-- Raises a member's read seq, never beyond the room's and never back. KEYS: 1 meta, 2 members, 3 reads, 4 channel.
-- ARGV: 1 room id, 2 publish command, 3 user, 4 user as JSON, 5 seq. Answers {error code} or {'read', seq}.
-- include text
-- include room
local room = load_room(KEYS[1])
if not room then return { 'ROOM_NOT_FOUND' } end
if redis.call('SISMEMBER', KEYS[2], ARGV[3]) == 0 then return { refuse_stranger(KEYS[1]) } end
local known = tonumber(redis.call('HGET', KEYS[3], ARGV[3]) or '0')
local seq = math.min(tonumber(ARGV[5]), room.seq)
if seq <= known then return { 'read', num(known) } end
redis.call('HSET', KEYS[3], ARGV[3], num(seq))
local ttl = redis.call('PTTL', KEYS[1])
if ttl >= 0 then redis.call('PEXPIRE', KEYS[3], ttl) end
redis.call(ARGV[2], KEYS[4], '{"type":"reads","roomId":"' .. ARGV[1] .. '","positions":{' .. ARGV[4] .. ':' .. num(seq) .. '}}')
return { 'read', num(seq) }
