/** Worker threads load JavaScript, so the tests run the part worker as it is bundled for users. */
export default async function setup(): Promise<void> {
  // Plain JavaScript, because it also runs before anything is installed.
  const { ensureBundles } = (await import(
    new URL('../build/freshness.mjs', import.meta.url).href
  )) as { ensureBundles(names: string[]): Promise<void> }
  await ensureBundles(['core/part-worker', 'core/index-worker'])
}
