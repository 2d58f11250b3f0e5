-- Users are about to leave a room. Arguments a user: room, reason.
-- include text
-- include user
return each_user(2, function(user, room, reason)
  raise(user)
  if user.sid then redis.call('HSET', user.session, 'rev', num(user.revision)) end
  if redis.call('SISMEMBER', user.rooms, room) == 1 then
    redis.call('HSET', user.pending, room, 'leave:' .. reason .. '@' .. num(user.revision))
  end
  return answer(user, 'leaving')
end)
