import { useQueries } from '@tanstack/react-query'
import type { Profile } from '../../../shared/contract/models.ts'
import { bucketsQuery } from '../../queries/profiles.ts'
import { foldersQuery, type Place } from '../../queries/objects.ts'
import { useSecrets } from '../../queries/secrets.ts'
import { lastOf, nodeId, useUi } from '../../state/ui.ts'
import { nameOrder } from '../../text/name-order.ts'
import { useLanguage } from '../../text/use-text.tsx'

/** One line of the tree. 'more' and 'failed' stand in place of children. */
export interface TreeNode {
  readonly id: string
  readonly kind: 'profile' | 'bucket' | 'folder' | 'more' | 'failed' | 'none'
  readonly level: number
  readonly name: string
  readonly open: boolean
  readonly busy: boolean
  readonly profile: Profile
  /** The place that the node opens; null for a profile. */
  readonly place: Place | null
  /** The secret of the node's profile is locked. */
  readonly locked: boolean
}

interface Children {
  readonly names: readonly string[] | undefined
  readonly more: boolean
  readonly pending: boolean
  readonly failed: boolean
}

/** Returns the open part of the tree as lines. Children are loaded when their node opens. */
export function useTreeNodes(profiles: readonly Profile[]): readonly TreeNode[] {
  const open = useUi((ui) => ui.open)
  const here = useUi((ui) => ui.place)
  const order = nameOrder(useLanguage())
  const secrets = useSecrets().data?.state
  const closed = secrets === 'passphrase-needed' || secrets === 'locked'
  const ids = Array.from(open)
    .map((id) => ({ id, parts: JSON.parse(id) as [string, string | null, string] }))
    .filter(({ parts }) => profiles.some((profile) => profile.id === parts[0]))
  const profileIds = ids.filter(({ parts }) => parts[1] === null)
  const folderIds = ids.filter(({ parts }) => parts[1] !== null)
  const buckets = useQueries({ queries: profileIds.map(({ parts }) => bucketsQuery(parts[0])) })
  const folders = useQueries({
    queries: folderIds.map(({ parts }) =>
      foldersQuery({ profileId: parts[0], bucket: parts[1] ?? '', prefix: parts[2] }),
    ),
  })
  const children = new Map<string, Children>()
  profileIds.forEach(({ id }, i) => {
    const result = buckets[i]
    children.set(id, {
      names: result?.data?.map((bucket) => bucket.name).sort(order),
      more: false,
      pending: result?.isPending ?? true,
      failed: result?.isError ?? false,
    })
  })
  folderIds.forEach(({ id }, i) => {
    const result = folders[i]
    children.set(id, {
      names:
        result?.data === undefined || result.data.more
          ? result?.data?.folders
          : [...result.data.folders].sort(order),
      more: result?.data?.more ?? false,
      pending: result?.isPending ?? true,
      failed: result?.isError ?? false,
    })
  })
  return profiles.flatMap((profile) =>
    linesOf(
      {
        profile,
        kind: 'profile',
        level: 1,
        name: profile.name,
        place: null,
        locked: closed && profile.kind === 'stored',
        id: nodeId(profile.id, null),
      },
      open,
      children,
      here,
    ),
  )
}

type Bare = Pick<TreeNode, 'profile' | 'kind' | 'level' | 'name' | 'place' | 'id' | 'locked'>

function linesOf(
  node: Bare,
  open: ReadonlySet<string>,
  children: ReadonlyMap<string, Children>,
  here: Place | null,
): readonly TreeNode[] {
  const isOpen = open.has(node.id)
  const known = isOpen ? children.get(node.id) : undefined
  const line: TreeNode = { ...node, open: isOpen, busy: known?.pending ?? false }
  if (known === undefined) return [line]
  const below = (kind: TreeNode['kind'], suffix: string): TreeNode => ({
    ...line,
    kind,
    level: node.level + 1,
    name: '',
    open: false,
    busy: false,
    id: `${node.id}${suffix}`,
  })
  const names = withPath(known.names, node, here)
  return [
    line,
    ...names.flatMap((name) => linesOf(childOf(node, name), open, children, here)),
    ...(known.failed ? [below('failed', '!')] : []),
    ...(known.more ? [below('more', '+')] : []),
    ...(node.kind === 'profile' && known.names?.length === 0 ? [below('none', '-')] : []),
  ]
}

function childOf(node: Bare, name: string): Bare {
  const { profile, locked } = node
  const level = node.level + 1
  if (node.place === null)
    return {
      profile,
      locked,
      level,
      kind: 'bucket',
      name,
      id: nodeId(profile.id, name),
      place: { profileId: profile.id, bucket: name, prefix: '' },
    }
  return {
    profile,
    locked,
    level,
    kind: 'folder',
    name: lastOf(name),
    id: nodeId(profile.id, node.place.bucket, name),
    place: { ...node.place, prefix: name },
  }
}

/** The open folder is always in the tree, even among thousands of folders that are left out. */
function withPath(
  names: readonly string[] | undefined,
  node: Bare,
  here: Place | null,
): readonly string[] {
  const shown = names ?? []
  if (here === null || here.profileId !== node.profile.id) return shown
  if (node.place === null) return shown.includes(here.bucket) ? shown : [...shown, here.bucket]
  if (
    here.bucket !== node.place.bucket ||
    !here.prefix.startsWith(node.place.prefix) ||
    here.prefix === node.place.prefix
  )
    return shown
  const child = here.prefix.slice(0, here.prefix.indexOf('/', node.place.prefix.length) + 1)
  return shown.includes(child) ? shown : [...shown, child]
}
