/** Rooms made without a page. */

/** More than an address may make in a minute. */
const MANY = 30;

/** Makes rooms until the server says that it is enough. */
export async function makeRoomsUntilRefused(url: string): Promise<void> {
  for (let made = 0; made < MANY; made += 1) {
    const answer = await fetch(`${url}/api/rooms`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ creatorName: 'Impatient' }),
    });
    await answer.arrayBuffer();
    if (answer.status === 429) return;
  }
  throw new Error(`${MANY} rooms and no refusal`);
}
