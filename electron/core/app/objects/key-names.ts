/** The folder an object is in, '' for none: `a/b/` → `a/`; `a/c.txt` → `a/`. */
export const folderOf = (key: string): string =>
  key.slice(0, key.replace(/\/$/, '').lastIndexOf('/') + 1)

/** Its name in there: `a/b/` → `b/`; `a/c.txt` → `c.txt`. */
export const nameOf = (key: string): string => key.slice(folderOf(key).length)

/** Where it goes, in words: bucket and folder. */
export const targetOf = (bucket: string, key: string): string =>
  `${bucket}/${folderOf(key)}`.replace(/\/$/, '')
