-- Renews connections. Arguments a user: sid, connection, 1 if session and status may be made anew.
-- Answers `alive`, `created` (the session had gone), `lost`, `expired` (the name has passed on), or `again`: first write
-- the user's hint, then run this with 1.
-- include text
-- include user
return each_user(3, function(user, sid, connection, may_create)
  if user.sid and user.sid ~= sid then return answer(user, 'expired') end
  local is_known = redis.call('ZSCORE', user.conns, connection)
  -- Its own close has overtaken this renewal.
  if not is_known and redis.call('ZSCORE', user.conns, 'closing:' .. connection) then return answer(user, 'lost') end
  if not is_known and is_certain and redis.call('EXISTS', user.conns) == 1 then return answer(user, 'lost') end
  if may_create ~= '1' and not (user.sid and is_known and user.status == 'online') then return answer(user, 'again') end
  local is_new = not user.sid
  if is_new then create_session(user, sid, '1') end
  add_connection(user, connection)
  change_status(user, 'online')
  return answer(user, is_new and 'created' or 'alive')
end)
