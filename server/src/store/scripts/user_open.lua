-- Registers connections. Arguments a user: sid, connection. Answers `opened`, `created` (the session had lapsed) or `expired`.
-- include text
-- include user
return each_user(2, function(user, sid, connection)
  if user.sid and user.sid ~= sid then return answer(user, 'expired') end
  local is_new = not user.sid
  if is_new then
    -- Whose rooms these were is no longer known; only while Redis may have been away are they taken for the user's own.
    if is_certain then end_memberships(user, 'expired') end
    create_session(user, sid, '1')
  end
  redis.call('HSET', user.session, 'used', '1')
  redis.call('ZREM', user.conns, 'claim')
  add_connection(user, connection)
  change_status(user, 'online')
  return answer(user, is_new and 'created' or 'opened')
end)
