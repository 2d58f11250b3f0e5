-- What every room script knows of a room, and the generation of its history.

-- Reads meta; nil where the room does not exist. Numbers are numbers.
local function load_room(key)
  local m = redis.call('HMGET', key, 'epoch', 'gens', 'seq', 'rev')
  if not m[1] then return nil end
  return { epoch = m[1], gens = m[2], seq = tonumber(m[3]), rev = tonumber(m[4]) }
end

-- What somebody hears who is no member: a private room is not there.
local function refuse_stranger(key)
  return redis.call('HGET', key, 'private') == '1' and 'ROOM_NOT_FOUND' or 'NOT_A_MEMBER'
end

-- The history that this server writes: it changes with every promotion and every restart.
local function server_gen()
  return string.match(redis.call('INFO', 'replication'), 'master_replid:(%x%x%x%x%x%x%x%x)')
end

-- Brings `gens` (`gen:firstSeq,…`, newest 16) up to date in memory; the caller writes it with its other changes.
-- rev jumps, so that whoever saw revisions of a lost tail asks for the members again.
local function refresh_gen(room)
  local gen = server_gen()
  local last = string.match(room.gens, '([^,:]+):%d+$')
  room.gen = gen
  if last == gen then return end
  local gens = {}
  for entry in string.gmatch(room.gens, '[^,]+') do gens[#gens + 1] = entry end
  gens[#gens + 1] = gen .. ':' .. num(room.seq + 1)
  while #gens > 16 do table.remove(gens, 1) end
  room.gens = table.concat(gens, ',')
  room.rev = room.rev + 1000
  room.changed = true
end

local function position(room, seq)
  return room.epoch .. '.' .. room.gen .. '-' .. num(seq)
end

-- The history may have changed without any event: then meta is written although nothing else is.
local function save_room(key, room)
  redis.call('HSET', key, 'gens', room.gens, 'rev', num(room.rev))
end
