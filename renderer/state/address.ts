import type { Column, Page, Sort, View } from './ui.ts'

const PAGES: readonly Page[] = ['transfers', 'keys', 'offline', 'settings']
const COLUMNS: readonly Column[] = ['name', 'size', 'modified', 'class', 'state', 'key']

/** A view as an address tells it. `sort`: left out where the address has no order. */
export interface AddressedView extends Partial<View> {
  readonly sort?: Sort
}

/**
 * Returns the end of the window's address: `#/profile/bucket/a/b/?sort=-size`, or `#keys`. A '-'
 * stands for the largest first. The order of names is left out. Each part is encoded, so that a
 * name may have any character. The address has names only, and never a secret.
 */
export function hashOf({ page, place, sort }: View & { readonly sort?: Sort }): string {
  if (page !== 'objects') return `#${page}`
  if (place === null) return '#'
  const path = [place.profileId, place.bucket, ...place.prefix.split('/')].map(encoded).join('/')
  const isDefault = sort === undefined || (sort.by === 'name' && !sort.down)
  return isDefault ? `#/${path}` : `#/${path}?sort=${sort.down ? '-' : ''}${sort.by}`
}

/** Returns the view of an address; null if it has none. The place may not exist. */
export function viewIn(hash: string): AddressedView | null {
  const page = PAGES.find((one) => hash === `#${one}`)
  if (page !== undefined) return { page }
  const [path = '', ...queries] = hash.split('?')
  const [start, profileId, bucket, ...folders] = path.split('/')
  if (start !== '#' || !profileId || !bucket) return null
  const sort = sortIn(queries.join('?'))
  try {
    const prefix = folders.map(decodeURIComponent).join('/')
    return {
      page: 'objects',
      place: {
        profileId: decodeURIComponent(profileId),
        bucket: decodeURIComponent(bucket),
        prefix: prefix === '' || prefix.endsWith('/') ? prefix : `${prefix}/`,
      },
      ...(sort !== null && { sort }),
    }
  } catch {
    return null
  }
}

/** Encodes one name. Half a character, which UTF-8 cannot carry, becomes the replacement sign. */
const encoded = (name: string): string => encodeURIComponent(name.replace(/\p{Cs}/gu, '\ufffd'))

function sortIn(query: string): Sort | null {
  const [, sign, name] = /^(?:.*&)?sort=(-?)(\w+)/.exec(query) ?? []
  const by = COLUMNS.find((column) => column === name)
  return by === undefined ? null : { by, down: sign === '-' }
}
