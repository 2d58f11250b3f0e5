/** Korean is composed: the Enter that ends a composition belongs to the input method. */
import { expect } from 'vitest';
import { meet } from './support/meeting.ts';
import { story } from './support/story.ts';

story('Enter that ends a composition does not send, the next one does', async (stage) => {
  const [younghee, cheolsu] = await meet(stage);
  const { page, field, context } = younghee;
  const keyboard = await context.newCDPSession(page);
  await field.focus();
  await keyboard.send('Input.imeSetComposition', { text: '안녕', selectionStart: 2, selectionEnd: 2 });
  expect(await field.inputValue()).toBe('안녕');

  // 229 is the key code that input methods put in place of the key's own.
  const enter = { type: 'rawKeyDown', key: 'Enter', code: 'Enter', windowsVirtualKeyCode: 229 } as const;
  await keyboard.send('Input.dispatchKeyEvent', enter);
  await keyboard.send('Input.insertText', { text: '안녕' });
  expect(await field.inputValue()).toBe('안녕');
  expect(await younghee.seen()).toEqual([]);

  await field.press('Enter');
  await expect.poll(cheolsu.seen).toEqual(['안녕']);
  expect(await field.inputValue()).toBe('');
});
