-- Rooms are gone. Arguments a user: room, `sure` or `unsure`. Answers `forgotten`, or `kept`.
-- include text
-- include user
return each_user(2, function(user, room, certainty)
  if certainty == 'unsure' and user.is_entering(room) then return answer(user, 'kept') end
  forget_room(user, room)
  if redis.call('HGET', user.session, 'roomId') == room then redis.call('HDEL', user.session, 'roomId', 'joinedAt', 'entered') end
  return answer(user, 'forgotten')
end)
