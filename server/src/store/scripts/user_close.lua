-- Connections have ended and count as alive a little longer. Arguments a user: sid, connection, grace ms.
-- include text
-- include user
return each_user(3, function(user, sid, connection, grace_ms)
  if user.sid and user.sid ~= sid then return answer(user, 'expired') end
  if not redis.call('ZSCORE', user.conns, connection) then return answer(user, 'unknown') end
  -- Under another name, which no renewal that comes late can lengthen.
  redis.call('ZREM', user.conns, connection)
  redis.call('ZADD', user.conns, num(now_ms + tonumber(grace_ms)), 'closing:' .. connection)
  redis.call('PEXPIRE', user.conns, SESSION_TTL)
  show_presence(user)
  return answer(user, 'closing')
end)
