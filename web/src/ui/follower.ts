/** Keeps the place in a conversation that grows at both ends, and says which part of it is to be drawn. */
import { type Signal, signal } from '@preact/signals';
import type { Conversation } from '../model/conversation.ts';
import type { Row } from '../model/rows.ts';
import { type Slice, sliceOf } from '../model/slice.ts';

/** Nearer than this to the end counts as being there. */
const AT_END_PX = 80;
/** Nearer than this to what is not drawn, or not here yet, it is fetched. */
const NEAR_PX = 600;
/** How long a row that was asked for stands out. */
const FLASH_MS = 1_200;

/** The row one looks at, and where below the upper edge it stands. */
type Place = { key: string; topPx: number };

/** See the file's sentence. One for each conversation that is shown; `scroller` holds a list whose items have `data-key`. */
export class Follower {
  /** Something new stands below what one sees. */
  readonly hasNews = signal(false);
  /** One has read back further than a screen. */
  readonly isAway = signal(false);
  /** The row around which is drawn; null for the end. */
  readonly #anchorKey: Signal<string | null> = signal(null);
  readonly #conversation: Conversation;
  #scroller: HTMLElement | null = null;
  #slice: Slice = { start: 0, end: 0 };
  #rows: readonly Row[] = [];
  #lastKey = '';
  #place: Place | null = null;
  #isAtEnd = true;
  #hasLanded = false;
  #wantedKey: string | null = null;

  constructor(conversation: Conversation) {
    this.#conversation = conversation;
  }

  /** Begins to watch the element that scrolls. Returns what ends it. */
  attach(scroller: HTMLElement): () => void {
    this.#scroller = scroller;
    const observer = new ResizeObserver(() => this.#settle());
    observer.observe(scroller);
    const list = listIn(scroller);
    if (list) observer.observe(list);
    return () => {
      observer.disconnect();
      this.#conversation.setAtEnd(false);
    };
  }

  /** The rows to draw now. */
  draw(rows: readonly Row[]): { rows: readonly Row[]; isFromStart: boolean } {
    this.#rows = rows;
    this.#slice = sliceOf(rows, this.#anchorKey.value);
    return { rows: rows.slice(this.#slice.start, this.#slice.end), isFromStart: this.#slice.start === 0 };
  }

  /** They are drawn: goes to the end, or where one was. */
  drawn(): void {
    const last = this.#rows.at(-1);
    const isNew = last !== undefined && last.key !== this.#lastKey;
    this.#lastKey = last?.key ?? '';
    if (!this.#hasLanded) this.#land();
    else if (isNew && last.kind === 'bubble' && last.bubble.pending) this.toEnd();
    else if (isNew && !this.#isAtEnd) this.hasNews.value = true;
    this.#settle();
    this.#showWanted();
    this.#fetch();
  }

  /** One has scrolled, or was. */
  scrolled(): void {
    const { toEndPx, screenPx } = this.#distances();
    this.#isAtEnd = this.#isDrawnToEnd && toEndPx < AT_END_PX;
    this.isAway.value = !this.#isDrawnToEnd || toEndPx > screenPx;
    if (this.#isAtEnd) {
      this.hasNews.value = false;
      this.#anchorKey.value = null;
    } else {
      this.#measure();
      this.#anchorKey.value ??= this.#place?.key ?? null;
      if (toEndPx < NEAR_PX && !this.#isDrawnToEnd) this.#redrawHere();
      this.#fetch();
    }
    this.#conversation.setAtEnd(this.#isAtEnd);
  }

  /** Shows the newest. */
  toEnd(): void {
    this.#isAtEnd = true;
    this.hasNews.value = false;
    this.#anchorKey.value = null;
    this.#settle();
  }

  /** Brings a row to the middle of the screen and lets it stand out for a moment. */
  show(key: string): void {
    this.#wantedKey = key;
    this.#isAtEnd = false;
    if (this.#anchorKey.value === key || !this.#rows.some((row) => row.key === key)) this.#showWanted();
    else this.#anchorKey.value = key;
  }

  get #isDrawnToEnd(): boolean {
    return this.#slice.end === this.#rows.length;
  }

  /** The first time: where one stopped reading, if that is further up than a screen, else the end. */
  #land(): void {
    if (!this.#conversation.older.hasRead.value || !this.#scroller) return;
    this.#hasLanded = true;
    this.#scroller.scrollTop = this.#scroller.scrollHeight;
    const line = this.#itemOf('unread');
    if (line && line.offsetTop < this.#scroller.scrollTop) {
      this.#isAtEnd = false;
      this.#scroller.scrollTop = line.offsetTop - this.#scroller.clientHeight / 4;
      this.#measure();
      this.hasNews.value = true;
    }
    this.#conversation.setAtEnd(this.#isAtEnd);
  }

  #settle(): void {
    const scroller = this.#scroller;
    if (!scroller) return;
    if (this.#isAtEnd && this.#isDrawnToEnd) scroller.scrollTop = scroller.scrollHeight;
    else if (this.#place) {
      const item = this.#itemOf(this.#place.key);
      if (item) scroller.scrollTop = item.offsetTop - this.#place.topPx;
    }
    if (!this.#isAtEnd) this.#measure();
  }

  #showWanted(): void {
    const item = this.#wantedKey === null ? null : this.#itemOf(this.#wantedKey);
    if (!item) return;
    this.#wantedKey = null;
    item.scrollIntoView({ block: 'center' });
    this.#measure();
    item.classList.add('flash');
    setTimeout(() => item.classList.remove('flash'), FLASH_MS);
  }

  /** More above: from what is here, else from the server. */
  #fetch(): void {
    const { older } = this.#conversation;
    if (!this.#hasLanded || !this.#scroller || this.#scroller.scrollTop > NEAR_PX) return;
    if (this.#slice.start > 0) {
      if (!this.#isAtEnd) this.#redrawHere();
    } else if (older.hasMore && older.state.value === 'resting') void older.load();
  }

  #redrawHere(): void {
    if (this.#place) this.#anchorKey.value = this.#place.key;
  }

  #measure(): void {
    const scroller = this.#scroller;
    const items = scroller && listIn(scroller)?.children;
    if (!items) return;
    let low = 0;
    let high = items.length - 1;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const item = items[middle];
      if (item instanceof HTMLElement && item.offsetTop + item.offsetHeight <= scroller.scrollTop) low = middle + 1;
      else high = middle;
    }
    const item = items[low];
    if (!(item instanceof HTMLElement) || !item.dataset.key) return;
    this.#place = { key: item.dataset.key, topPx: item.offsetTop - scroller.scrollTop };
  }

  #itemOf(key: string): HTMLElement | null {
    const items = this.#scroller && listIn(this.#scroller)?.children;
    for (const item of items ?? []) if (item instanceof HTMLElement && item.dataset.key === key) return item;
    return null;
  }

  #distances(): { toEndPx: number; screenPx: number } {
    const { scrollHeight = 0, scrollTop = 0, clientHeight = 0 } = this.#scroller ?? {};
    return { toEndPx: scrollHeight - scrollTop - clientHeight, screenPx: clientHeight };
  }
}

function listIn(scroller: HTMLElement): Element | null {
  return scroller.querySelector('.rows');
}
