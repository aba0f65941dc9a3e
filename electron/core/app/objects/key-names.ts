/** Returns the folder of an object, '' without one: `a/b/` → `a/`; `a/c.txt` → `a/`. */
export const folderOf = (key: string): string =>
  key.slice(0, key.replace(/\/$/, '').lastIndexOf('/') + 1)

/** Returns the name in that folder: `a/b/` → `b/`; `a/c.txt` → `c.txt`. */
export const nameOf = (key: string): string => key.slice(folderOf(key).length)

/** Returns bucket and folder of a target, in words. */
export const targetOf = (bucket: string, key: string): string =>
  `${bucket}/${folderOf(key)}`.replace(/\/$/, '')
