/**
 * Copies text to the clipboard. Must be called within a click or key press. It needs no permission,
 * which the desktop shell would refuse.
 */
export function copyText(text: string): void {
  const fill = (event: ClipboardEvent) => {
    event.preventDefault()
    event.clipboardData?.setData('text/plain', text)
  }
  document.addEventListener('copy', fill, { once: true })
  document.execCommand('copy')
  document.removeEventListener('copy', fill)
}
