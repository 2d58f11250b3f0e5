/** A room: header, conversation, where one writes, and the people beside it (a sheet where there is no space). */
import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { App } from '../model/app.ts';
import type { Conversation } from '../model/conversation.ts';
import { Composer } from './composer.tsx';
import { Icon } from './icons.tsx';
import { CopyLink } from './invite.tsx';
import { MessageList } from './message-list.tsx';
import { PeoplePanel } from './people-panel.tsx';
import { nameOfRoom } from './room-name.ts';

/** See the file's sentence. */
export function RoomScreen({ app, conversation }: { app: App; conversation: Conversation }) {
  const isPeopleOpen = useSignal(false);
  const close = () => {
    isPeopleOpen.value = false;
  };
  useEffect(() => {
    const onKeyDown = ({ key }: KeyboardEvent) => {
      if (key === 'Escape') isPeopleOpen.value = false;
    };
    document.addEventListener('keydown', onKeyDown);
    return () => document.removeEventListener('keydown', onKeyDown);
  }, [isPeopleOpen]);
  return (
    <div class={isPeopleOpen.value ? 'room people-open' : 'room'}>
      <main class="room-main">
        <RoomHeader
          app={app}
          conversation={conversation}
          isPeopleOpen={isPeopleOpen.value}
          togglePeople={() => {
            isPeopleOpen.value = !isPeopleOpen.value;
          }}
        />
        <MessageList app={app} conversation={conversation} />
        <Composer app={app} conversation={conversation} />
      </main>
      <button type="button" class="scrim" tabIndex={-1} aria-hidden="true" onClick={close} />
      <PeoplePanel app={app} conversation={conversation} close={close} />
    </div>
  );
}

type HeaderProps = { app: App; conversation: Conversation; isPeopleOpen: boolean; togglePeople(): void };

function RoomHeader({ app, conversation, isPeopleOpen, togglePeople }: HeaderProps) {
  const texts = app.preferences.texts.value;
  const { members, online } = conversation.counts.value;
  const others = conversation.members.value.filter(({ isMe }) => !isMe).map(({ userId }) => userId);
  const name = nameOfRoom({ title: conversation.title.value, people: others.slice(0, 3) }, texts);
  return (
    <header class="room-header">
      <button type="button" class="icon-button phone-only" aria-label={texts.back} onClick={() => app.go('/')}>
        <Icon name="back" />
      </button>
      <div class="room-title">
        <h1>
          <bdi>{name}</bdi>
        </h1>
        <p>{members > 0 ? texts.peopleCount(members, online) : texts.connecting}</p>
      </div>
      <CopyLink app={app} isPrimary={false} />
      <button
        type="button"
        class="icon-button sheet-only"
        aria-label={texts.members}
        aria-expanded={isPeopleOpen}
        aria-controls="people"
        onClick={togglePeople}
      >
        <Icon name="people" />
      </button>
    </header>
  );
}
