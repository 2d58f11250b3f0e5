/** The policy against planted scripts is enforced in the page, whoever served it. */
import { expect, inject } from 'vitest';
import { story } from './support/story.ts';

/** Runs in the page: everything that a script smuggled into it would try first. */
function attack(): Record<string, string> {
  const tried = (attempt: () => unknown) => {
    try {
      attempt();
      return 'accepted';
    } catch (error) {
      return error instanceof Error ? error.name : 'refused';
    }
  };
  const script = document.createElement('script');
  script.setAttribute('data-planted', '');
  script.append('document.title = "inline script ran"');
  document.body.append(script);
  return {
    innerHTML: tried(() => Reflect.set(document.body, 'innerHTML', '<b>planted</b>')),
    insertAdjacentHTML: tried(() => document.body.insertAdjacentHTML('beforeend', '<b>planted</b>')),
    write: tried(() => Reflect.apply(document.write, document, ['<b>planted</b>'])),
    handler: tried(() => document.body.setAttribute('onclick', 'document.title = "handler ran"')),
    src: tried(() => Reflect.set(script, 'src', 'data:text/javascript,0')),
    title: document.title,
  };
}

for (const door of ['nginx', 'a node'] as const) {
  story(`markup and scripts planted into a page from ${door} are refused`, async ({ siteUrl, person }) => {
    const { page, texts, complaints } = await person('영희', { expectsOutage: true });
    await page.goto(door === 'nginx' ? siteUrl : String(inject('nodeUrls')[0]));
    await page.getByRole('button', { name: texts.createRoom }).waitFor();
    const title = await page.title();
    const refused = 'TypeError';
    expect(await page.evaluate(attack)).toEqual({
      ...{ innerHTML: refused, insertAdjacentHTML: refused, write: refused, handler: refused, src: refused },
      title,
    });
    await expect.poll(() => complaints.join('\n')).toContain('TrustedHTML');
    complaints.length = 0;
  });
}
