/** The permission of the browser; 'none' if it has no notifications. */
export type NotificationLeave = NotificationPermission | 'none'

export const notificationLeave = (): NotificationLeave =>
  'Notification' in globalThis ? Notification.permission : 'none'

/**
 * Asks the user for permission. A browser asks again only if nothing was answered. Must be called
 * from a click or a key press.
 */
export const askForNotifications = async (): Promise<NotificationLeave> =>
  'Notification' in globalThis ? Notification.requestPermission() : 'none'

/** Shows a notification, if permitted. A click on it brings the page to the front. */
export function showNotification(title: string, body: string): void {
  if (notificationLeave() !== 'granted') return
  // A newer notification replaces the older one, because all transfers end once.
  const notification = new Notification(title, { body, tag: 'cipherbucket-end' })
  notification.onclick = () => {
    window.focus()
    notification.close()
  }
}
