/** happy-dom lays nothing out: the virtual lists get a window of 900 by 600 pixels. */
export function withLayout(): void {
  Object.defineProperties(HTMLElement.prototype, {
    offsetWidth: { configurable: true, get: () => 900 },
    offsetHeight: { configurable: true, get: () => 600 },
    clientHeight: { configurable: true, get: () => 600 },
  })
}
