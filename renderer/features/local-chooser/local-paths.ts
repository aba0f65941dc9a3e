export interface Crumb {
  readonly name: string
  readonly path: string
}

/** The separator of a path from the core. */
const separatorOf = (path: string): '/' | '\\' => (/^[A-Za-z]:|^\\\\/.test(path) ? '\\' : '/')

/** `/home/x` → root, home, x; `C:\Users` → C:, Users. */
export function crumbsOf(path: string): readonly Crumb[] {
  const separator = separatorOf(path)
  const names = path.split(separator).filter((name) => name !== '')
  const rest = names.map((name, i) => ({
    name,
    path:
      (separator === '/' ? '/' : '') +
      names.slice(0, i + 1).join(separator) +
      (separator === '\\' && i === 0 ? '\\' : ''),
  }))
  return separator === '/' ? [{ name: '/', path: '/' }, ...rest] : rest
}

export function joinPath(folder: string, name: string): string {
  const separator = separatorOf(folder)
  return folder.endsWith(separator) ? folder + name : folder + separator + name
}

export const lastName = (path: string): string => crumbsOf(path).at(-1)?.name ?? path
