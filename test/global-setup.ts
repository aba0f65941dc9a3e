/** Worker threads load JavaScript, so the tests run the part worker as it is bundled for users. */
export default async function setup(): Promise<void> {
  // The bundler is plain JavaScript: it also runs before anything is installed.
  const { bundle } = (await import(new URL('../build/bundle.mjs', import.meta.url).href)) as { bundle(names: string[]): Promise<void> }
  await bundle(['core/part-worker'])
}
