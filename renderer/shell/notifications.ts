/** What the browser lets this page do; 'none' where it knows no notifications at all. */
export type NotificationLeave = NotificationPermission | 'none'

export const notificationLeave = (): NotificationLeave =>
  'Notification' in globalThis ? Notification.permission : 'none'

/**
 * Asks the user, once: a browser asks again only where nothing was answered. Must be called from a
 * click or a key press.
 */
export const askForNotifications = async (): Promise<NotificationLeave> =>
  'Notification' in globalThis ? Notification.requestPermission() : 'none'

/** Shows one, where that was allowed. A click brings the page to the front. */
export function showNotification(title: string, body: string): void {
  if (notificationLeave() !== 'granted') return
  // A newer one takes the place of the older: there is one end of all transfers.
  const notification = new Notification(title, { body, tag: 'cipherbucket-end' })
  notification.onclick = () => {
    window.focus()
    notification.close()
  }
}
