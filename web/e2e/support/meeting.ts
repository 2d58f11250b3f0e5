/** The beginning of most stories: two people in one room. */
import type { Person, PersonOptions } from './person.ts';
import type { Stage } from './story.ts';

/** 영희 makes a room, 철수 opens its link; both are in and see each other. `url` is the shared cluster unless given. */
export async function meet(
  { siteUrl, person }: Stage,
  { url = siteUrl, ...options }: PersonOptions & { url?: string } = {},
): Promise<[Person, Person]> {
  const [younghee, cheolsu] = await Promise.all([person('영희', options), person('철수', options)]);
  await younghee.makeRoom(url);
  await cheolsu.enter(younghee.page.url());
  await younghee.page.getByText(younghee.texts.peopleCount(2, 2)).waitFor();
  return [younghee, cheolsu];
}
