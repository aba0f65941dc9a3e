import { useQueryClient } from '@tanstack/react-query'
import { useLayoutEffect, useRef, useState, type KeyboardEvent, type MouseEvent } from 'react'
import type { Profile } from '../../../shared/contract/models.ts'
import { bucketsQuery } from '../../queries/profiles.ts'
import { foldersQuery } from '../../queries/objects.ts'
import { isChord } from '../../shell/platform.ts'
import { go, nodeId, setOpen, useUi } from '../../state/ui.ts'
import { askToUnlock } from '../../queries/unlock.ts'
import { shownName } from '../../text/shown-name.ts'
import { useText } from '../../text/use-text.tsx'
import { MenuAt, type MenuPoint } from '../../ui/controls/menu.tsx'
import { useNameSearch } from '../../ui/grid/name-search.ts'
import { useDropTarget } from '../objects/upload/drop-target.ts'
import { usePlaceMenus } from '../places/place-menu.ts'
import { openInTab } from '../tabs/open-in-tab.ts'
import { TreeLine } from './tree-line.tsx'
import { useTreeNodes, type TreeNode } from './tree-nodes.ts'

/**
 * Shows profiles, buckets and folders, which load as they open. The tree is one tab stop. Keys: the
 * design's keyboard table.
 */
export function Tree({ profiles }: { readonly profiles: readonly Profile[] }) {
  const t = useText()
  const client = useQueryClient()
  const nodes = useTreeNodes(profiles)
  const page = useUi((ui) => ui.page)
  const place = useUi((ui) => ui.place)
  const over = useDropTarget((drag) => drag.folder)
  const here =
    page !== 'objects' || place === null
      ? null
      : nodeId(place.profileId, place.bucket, place.prefix)
  const [visited, visit] = useState<string | null>(null)
  const [menu, setMenu] = useState<{ readonly at: MenuPoint; readonly node: TreeNode } | null>(null)
  const menus = usePlaceMenus()
  const tree = useRef<HTMLDivElement>(null)
  const search = useNameSearch()
  const stop =
    nodes.find((node) => node.id === visited) ?? nodes.find((node) => node.id === here) ?? nodes[0]
  // Scrolls to the open folder once its line is there. The line may come late, after the lists
  // above it.
  const shownHere = useRef<string | null>(null)
  useLayoutEffect(() => {
    if (here === null || shownHere.current === here) return
    const line = tree.current?.querySelector<HTMLElement>(`[data-node="${CSS.escape(here)}"]`)
    if (line != null) shownHere.current = here
    showName(line)
  })
  const dragId = over === null ? null : nodeId(over.profileId, over.bucket, over.prefix)

  const focus = (node: TreeNode | undefined) => {
    if (node === undefined) return
    visit(node.id)
    // The line exists already. Only its tabindex changes with the next render.
    const line = tree.current?.querySelector<HTMLElement>(`[data-node="${CSS.escape(node.id)}"]`)
    line?.focus({ preventScroll: true })
    showName(line)
  }
  const enter = (node: TreeNode) => {
    visit(node.id)
    // Unlocking the secrets loads the node's lists again.
    if (node.locked)
      return void askToUnlock().then((unlocked) => {
        if (unlocked && node.kind === 'profile') setOpen([node.id], true)
      })
    if (node.kind === 'failed') {
      const queryKey =
        node.place === null
          ? bucketsQuery(node.profile.id).queryKey
          : foldersQuery(node.place).queryKey
      return void client.refetchQueries({ queryKey, exact: true })
    }
    if (node.kind === 'profile') return setOpen([node.id], !node.open)
    if (node.kind === 'none' || node.place === null) return
    // A bucket shows its folders in the tree too. A folder unfolds only by its triangle.
    if (node.kind === 'bucket') setOpen([node.id], true)
    go({ page: 'objects', place: node.place })
  }
  const type = (letter: string, at: number) =>
    focus(nodes[search.find(letter, { length: nodes.length, at: (i) => nodes[i]?.name ?? '' }, at)])
  const onKeyDown = (event: KeyboardEvent) => {
    if (stop?.place != null && isChord(event.nativeEvent, 'mod+Enter')) {
      openInTab(stop.place)
      return event.preventDefault()
    }
    if (stop === undefined || event.altKey || event.metaKey || event.ctrlKey) return
    const at = nodes.indexOf(stop)
    if (event.key === ' ' && search.isTyping()) {
      event.preventDefault()
      return type(' ', at)
    }
    const parent = nodes.slice(0, at).findLast((node) => node.level < stop.level)
    const branch = stop.kind === 'profile' || stop.kind === 'bucket' || stop.kind === 'folder'
    switch (event.key) {
      case 'ArrowDown':
        focus(nodes[at + 1])
        break
      case 'ArrowUp':
        focus(nodes[at - 1])
        break
      case 'Home':
        focus(nodes[0])
        break
      case 'End':
        focus(nodes.at(-1))
        break
      case 'ArrowRight':
        if (branch && !stop.open) setOpen([stop.id], true)
        else if (branch && (nodes[at + 1]?.level ?? 0) > stop.level) focus(nodes[at + 1])
        break
      case 'ArrowLeft':
        if (branch && stop.open) setOpen([stop.id], false)
        else focus(parent)
        break
      case 'Enter':
      case ' ':
        enter(stop)
        break
      case '*':
        setOpen(
          nodes
            .filter(
              (node) => node.level === stop.level && node.id.length > 0 && node.kind === stop.kind,
            )
            .map((node) => node.id),
          true,
        )
        break
      case 'ContextMenu':
      case 'F10': {
        if (event.key === 'F10' && !event.shiftKey) return
        openMenu(
          stop,
          tree.current
            ?.querySelector(`[data-node="${CSS.escape(stop.id)}"]`)
            ?.getBoundingClientRect(),
        )
        break
      }
      default: {
        if (Array.from(event.key).length !== 1) return
        type(event.key, at)
      }
    }
    event.preventDefault()
  }
  const openMenu = (
    node: TreeNode,
    box: { readonly left: number; readonly bottom: number } | undefined,
  ) => {
    const hasMenu = node.kind === 'profile' || node.kind === 'bucket' || node.kind === 'folder'
    if (hasMenu && box !== undefined) setMenu({ at: { x: box.left + 24, y: box.bottom }, node })
  }
  const onContextMenu = (node: TreeNode, event: MouseEvent) => {
    event.preventDefault()
    if (event.button === 2) openMenu(node, { left: event.clientX - 24, bottom: event.clientY })
  }

  return (
    <>
      <div
        className="tree"
        role="tree"
        aria-labelledby="tree-head"
        ref={tree}
        onKeyDown={onKeyDown}
        data-region="tree"
      >
        {nodes.map((node) => (
          <TreeLine
            key={node.id}
            node={node}
            on={node.id === here}
            tab={node === stop}
            over={node.id === dragId}
            onEnter={enter}
            onToggle={(one) => setOpen([one.id], !one.open)}
            onContextMenu={onContextMenu}
            onFocus={(one) => visit(one.id)}
          />
        ))}
      </div>
      {menu !== null && (
        <MenuAt
          at={menu.at}
          label={t('common:tree.profileActions', { name: shownName(menu.node.name) })}
          onClose={() => setMenu(null)}
          returnTo={() => tree.current?.querySelector<HTMLElement>('[tabindex="0"]') ?? null}
          entries={
            menu.node.place === null
              ? menus.ofProfile(menu.node.profile)
              : menus.ofPlace(menu.node.place)
          }
        />
      )}
    </>
  )
}

/** Scrolls the tree so that the name of a line is in view. Deep lines begin far to the right. */
const showName = (line: HTMLElement | null | undefined): void =>
  line?.querySelector('.cut')?.scrollIntoView({ block: 'nearest', inline: 'nearest' })
