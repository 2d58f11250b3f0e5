/** A room: header, connection banner, conversation, where one writes, and the people beside it. */
import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { App } from '../model/app.ts';
import type { Conversation } from '../model/conversation.ts';
import { Composer } from './composer.tsx';
import { ConnectionBanner } from './connection-banner.tsx';
import { Icon } from './icons.tsx';
import { CopyLink } from './invite.tsx';
import { MessageList } from './message-list.tsx';
import { PeoplePanel } from './people-panel.tsx';

/** See the file's sentence. */
export function RoomScreen({ app, conversation }: { app: App; conversation: Conversation }) {
  const isPeopleOpen = useSignal(false);
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
        <ConnectionBanner app={app} conversation={conversation} />
        <MessageList app={app} conversation={conversation} />
        <Composer app={app} conversation={conversation} />
      </main>
      <button
        type="button"
        class="scrim"
        tabIndex={-1}
        aria-hidden="true"
        onClick={() => {
          isPeopleOpen.value = false;
        }}
      />
      <PeoplePanel
        app={app}
        conversation={conversation}
        close={() => {
          isPeopleOpen.value = false;
        }}
      />
    </div>
  );
}

type HeaderProps = { app: App; conversation: Conversation; isPeopleOpen: boolean; togglePeople(): void };

function RoomHeader({ app, conversation, isPeopleOpen, togglePeople }: HeaderProps) {
  const texts = app.preferences.texts.value;
  const { members, online } = conversation.counts.value;
  const isJoined = conversation.me.value !== '';
  return (
    <header class="room-header">
      <button type="button" class="icon-button" aria-label={texts.back} onClick={() => app.go('/')}>
        <Icon name="back" />
      </button>
      <div class="room-title">
        <h1>{conversation.title.value ?? texts.roomTitle}</h1>
        <p>{isJoined ? texts.peopleCount(members, online) : texts.connecting}</p>
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
