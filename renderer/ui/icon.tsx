import sprite from './icons.svg?raw'

/** Names of all icons in icons.svg, without `i-`. */
export type IconName =
  | 'list'
  | 'tiles'
  | 'intact'
  | 'changed'
  | 'moved'
  | 'unverified'
  | 'unknown'
  | 'video'
  | 'sound'
  | 'logo'
  | 'encrypted'
  | 'nokey'
  | 'plain'
  | 'broken'
  | 'later'
  | 'checking'
  | 'bucket'
  | 'folder'
  | 'folder-fill'
  | 'file'
  | 'doc'
  | 'sheet'
  | 'image'
  | 'archive'
  | 'data'
  | 'key'
  | 'transfers'
  | 'offline'
  | 'settings'
  | 'chart'
  | 'upload'
  | 'download'
  | 'up'
  | 'down'
  | 'pause'
  | 'play'
  | 'x'
  | 'retry'
  | 'check'
  | 'done'
  | 'right'
  | 'left'
  | 'chevron'
  | 'updown'
  | 'search'
  | 'plus'
  | 'minus'
  | 'more'
  | 'copy'
  | 'trash'
  | 'info'
  | 'alert'
  | 'clock'
  | 'nonet'
  | 'safe'
  | 'eye'
  | 'pane-right'
  | 'pane-bottom'
  | 'external'
  | 'edit'
  | 'backup'
  | 'globe'
  | 'envelope'
  | 'half'
  | 'refresh'
  | 'filter'
  | 'newfolder'
  | 'cloud-key'
  | 'program'
  | 'back'
  | 'forward'
  | 'up-level'
  | 'star'

/**
 * An icon beside a word. It is hidden from screen readers, because the word is text. Size s: 14px,
 * xs: 12px.
 */
export function Icon({
  name,
  size,
  className = '',
}: {
  readonly name: IconName
  readonly size?: 's' | 'xs'
  readonly className?: string
}) {
  return (
    <svg className={`i ${size ?? ''} ${className}`} aria-hidden="true" focusable="false">
      <use href={`#i-${name}`} />
    </svg>
  )
}

/** Adds the symbols to the page once, so that `use` needs no request. */
export function mountIcons(document: Document): void {
  if (document.getElementById('icons') !== null) return
  const parsed = new DOMParser().parseFromString(trusted(sprite), 'image/svg+xml').documentElement
  const holder = document.importNode(parsed, true)
  holder.setAttribute('id', 'icons')
  holder.setAttribute('class', 'sprite')
  holder.setAttribute('width', '0')
  holder.setAttribute('height', '0')
  holder.setAttribute('aria-hidden', 'true')
  document.body.prepend(holder)
}

/** Trusted Types of current browsers, which the DOM types do not have yet. */
interface TrustedTypes {
  createPolicy(
    name: string,
    rules: { readonly createHTML: (text: string) => string },
  ): { createHTML(text: string): string }
}

/** The content security policy allows this one policy, for our own icons, to create markup. */
function trusted(markup: string): string {
  const types = (globalThis as { readonly trustedTypes?: TrustedTypes }).trustedTypes
  return types === undefined
    ? markup
    : types.createPolicy('icons', { createHTML: (text) => text }).createHTML(markup)
}
