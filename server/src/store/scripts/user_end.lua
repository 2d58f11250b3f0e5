-- Ends sessions for good. Arguments a user: sid. Answers `ended`, or `expired` where the name has passed on.
-- include text
-- include user
return each_user(1, function(user, sid)
  if user.sid and user.sid ~= sid then return answer(user, 'expired') end
  redis.call('DEL', user.presence, user.session, user.conns)
  end_memberships(user, 'left')
  return answer(user, 'ended')
end)
