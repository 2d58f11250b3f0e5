/** One page with all pictures side by side. Pure. */

/** One picture: a file beside the sheet. */
export type Shot = { scene: string; language: string; look: string; file: string };

/** The sheet as HTML: a row for each scene and language. */
export function contactSheet(shots: readonly Shot[]): string {
  const titles = new Set(shots.map(titleOf));
  const rows = [...titles].map((title) => {
    const figures = shots
      .filter((shot) => titleOf(shot) === title)
      .map(
        ({ file, look }) =>
          `<figure><a href="${file}"><img src="${file}" alt="" loading="lazy"></a><figcaption>${look}</figcaption></figure>`,
      );
    return `<section><h2>${title}</h2><div>${figures.join('')}</div></section>`;
  });
  return `<!doctype html>
<html lang="en"><meta charset="utf-8"><title>C2C: ${shots.length} pictures</title>
<style>
body { font: 14px system-ui; margin: 24px; background: #8883; color-scheme: light dark; }
div { display: flex; gap: 16px; overflow-x: auto; align-items: flex-start; }
figure { margin: 0; text-align: center; }
img { height: 420px; border: 1px solid #8888; background: #fff; }
</style>
${rows.join('\n')}
</html>
`;
}

const titleOf = ({ scene, language }: Shot) => `${scene} · ${language}`;
