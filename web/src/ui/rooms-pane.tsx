/** The rooms one is in, newest first, each with what is new in it; below, who one is. */
import { formatTime, formatWhen } from '../i18n/texts.ts';
import type { App } from '../model/app.ts';
import type { RoomView } from '../model/room-list.ts';
import { pathOfRoom } from '../model/route.ts';
import { Avatar, PersonName, RoomAvatar } from './avatar.tsx';
import { Icon } from './icons.tsx';
import { nameOfRoom } from './room-name.ts';
import { SettingsButton } from './settings-button.tsx';

/** `isInFront`: on a phone nothing else is seen. */
export type RoomsPaneProps = { app: App; isInFront: boolean; openSettings(): void };

/** See the file's sentence. */
export function RoomsPane({ app, isInFront, openSettings }: RoomsPaneProps) {
  const Heading = isInFront ? 'h1' : 'h2';
  const texts = app.preferences.texts.value;
  const rooms = app.rooms.rooms.value;
  const name = app.session.value?.userId ?? '';
  return (
    <nav class="rooms" aria-label={texts.rooms}>
      <header class="pane-header">
        <Heading>{texts.rooms}</Heading>
        <button type="button" class="icon-button" aria-label={texts.newRoomShort} onClick={() => app.go('/#new')}>
          <Icon name="plus" />
        </button>
      </header>
      {rooms.length === 0 ? (
        <p class="pane-empty">{texts.noRooms}</p>
      ) : (
        <ul class="room-list">
          {rooms.map((room) => (
            <RoomLine key={room.roomId} app={app} room={room} />
          ))}
        </ul>
      )}
      <footer class="self">
        <Avatar name={name} />
        <span class="self-name">
          <PersonName name={name} />
        </span>
        <SettingsButton texts={texts} open={openSettings} />
      </footer>
    </nav>
  );
}

function RoomLine({ app, room }: { app: App; room: RoomView }) {
  const { texts, language } = app.preferences;
  const { roomId, preview, atMs, unread, isMember } = room;
  const isOpen = app.roomId.value === roomId;
  const name = nameOfRoom(room, texts.value);
  const path = pathOfRoom(roomId);
  return (
    <li>
      <a
        class={isMember ? 'room-line' : 'room-line away'}
        href={path}
        aria-current={isOpen ? 'page' : undefined}
        onClick={(event) => {
          if (event.ctrlKey || event.metaKey || event.shiftKey) return;
          event.preventDefault();
          if (!isOpen) app.go(path);
        }}
      >
        <RoomAvatar title={room.title} people={room.people} />
        <span class="room-line-body">
          <span class="room-line-name">
            <bdi>{name}</bdi>
          </span>
          <span class="room-line-preview">
            {isMember ? <bdi>{preview?.text ?? texts.value.noMessages}</bdi> : texts.value.awayHint}
          </span>
        </span>
        <span class="room-line-side">
          {atMs > 0 && <time title={formatTime(language.value, atMs)}>{formatWhen(language.value, atMs)}</time>}
          {unread > 0 && (
            <span class="badge">
              <span aria-hidden="true">{unread > 999 ? '999+' : unread}</span>
              <span class="visually-hidden">{texts.value.unread(unread)}</span>
            </span>
          )}
        </span>
      </a>
    </li>
  );
}
