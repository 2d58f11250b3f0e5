/** Whether the server of this container answers `path` on PORT: exit code 0, or 1 and why. Node's images have no curl. */
const [path = '/health/live'] = process.argv.slice(2);

try {
  const { status } = await fetch(`http://127.0.0.1:${process.env.PORT}${path}`, { signal: AbortSignal.timeout(4000) });
  if (status !== 200) throw new Error(`${path} answers ${status}`);
} catch (error) {
  const cause = error instanceof Error && error.cause instanceof Error ? `: ${error.cause.message}` : '';
  console.error(`${error instanceof Error ? error.message : String(error)}${cause}`);
  process.exitCode = 1;
}
