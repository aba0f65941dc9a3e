import { memo, type MouseEvent } from 'react'
import { shownName } from '../../text/shown-name.ts'
import { useText } from '../../text/use-text.tsx'
import { draggable } from '../places/place-drag.ts'
import { Icon } from '../../ui/icon.tsx'
import type { TreeNode } from './tree-nodes.ts'

export interface TreeLineProps {
  readonly node: TreeNode
  /** The list shows this node now. */
  readonly on: boolean
  /** This line is the tree's tab stop. */
  readonly tab: boolean
  /** Files are dragged over this line. */
  readonly over: boolean
  readonly onEnter: (node: TreeNode) => void
  readonly onToggle: (node: TreeNode) => void
  readonly onFocus: (node: TreeNode) => void
  readonly onContextMenu: (node: TreeNode, event: MouseEvent) => void
}

/**
 * Pixels that a line needs for triangle, icon and name at any depth. Deep trees scroll sideways.
 */
const NAME_PX = 150

const same = (a: TreeNode, b: TreeNode) =>
  a.open === b.open &&
  a.busy === b.busy &&
  a.name === b.name &&
  a.level === b.level &&
  a.kind === b.kind &&
  a.profile === b.profile &&
  a.locked === b.locked

export const TreeLine = memo(
  function TreeLine({
    node,
    on,
    tab,
    over,
    onEnter,
    onToggle,
    onFocus,
    onContextMenu,
  }: TreeLineProps) {
    const t = useText()
    const branch = node.kind === 'profile' || node.kind === 'bucket' || node.kind === 'folder'
    const label =
      node.kind === 'more'
        ? t('common:tree.more')
        : node.kind === 'failed'
          ? t(node.locked ? 'common:tree.unlock' : 'common:tree.failed')
          : node.kind === 'none'
            ? t('common:tree.noBuckets')
            : shownName(node.name) || '⟨⟩'
    const classes = ['tr', node.level === 1 && 'l1', on && 'on', over && 'over', !branch && 'faint']
      .filter(Boolean)
      .join(' ')
    return (
      <div
        role="treeitem"
        aria-level={node.level}
        aria-selected={on}
        tabIndex={tab ? 0 : -1}
        className={classes}
        data-node={node.id}
        title={node.kind === 'failed' && !node.locked ? t('common:tree.retry') : label}
        style={{
          paddingInlineStart: node.level === 1 ? 2 : (node.level - 1) * 16,
          minWidth: `max(100%, ${(node.level - 1) * 16 + NAME_PX}px)`,
        }}
        {...(branch && { 'aria-expanded': node.open, 'aria-busy': node.busy })}
        {...(branch && node.place !== null && { 'data-place': JSON.stringify(node.place) })}
        {...(branch && node.place !== null && draggable(node.place))}
        onFocus={() => onFocus(node)}
        onClick={() => onEnter(node)}
        onContextMenu={(event) => onContextMenu(node, event)}
      >
        <span
          className="tw"
          onClick={(event) => {
            if (branch) {
              event.stopPropagation()
              onToggle(node)
            }
          }}
        >
          {branch && <Icon name={node.open ? 'chevron' : 'right'} />}
        </span>
        <Picture node={node} on={on} />
        <span className="cut grow">{label}</span>
        {node.locked && node.kind === 'profile' && (
          <span className="shut">
            <Icon name="safe" size="xs" />
            {t('common:tree.locked')}
          </span>
        )}
      </div>
    )
  },
  (a, b) => same(a.node, b.node) && a.on === b.on && a.tab === b.tab && a.over === b.over,
)

function Picture({ node, on }: { readonly node: TreeNode; readonly on: boolean }) {
  switch (node.kind) {
    case 'profile':
      return <span className={`dot ${node.profile.colour}`} />
    case 'bucket':
      return <Icon name="bucket" />
    case 'folder':
      return <Icon name={on ? 'folder-fill' : 'folder'} />
    case 'failed':
      return <Icon name="alert" />
    case 'more':
      return <Icon name="more" />
    case 'none':
      return null
  }
}
