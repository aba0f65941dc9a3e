import type { Session } from '../../../shared/contract/routes/routes.ts'

/** The drags of rows that windows of this app started. */
export interface OfferedDrags {
  /** Notes that a window started a drag. The drag before of the same window is over. */
  offer(id: string, session: Session | undefined): void
  /** Tells whether a window of this app started the drag, once. */
  take(id: string): boolean
}

/**
 * Opens the list of drags. Any page can write the data of a drag, but only a window of this app can
 * name its id here. So a page of another site cannot make the user move objects.
 */
export function offeredDrags(): OfferedDrags {
  const offered = new Map<Session, string | null>()
  return {
    offer(id, session) {
      if (session === undefined) return
      if (!offered.has(session)) session.onEnd(() => void offered.delete(session))
      offered.set(session, id)
    },
    take(id) {
      for (const [session, one] of offered) {
        if (one !== id) continue
        // The session stays listed, so that its end is heard once.
        offered.set(session, null)
        return true
      }
      return false
    },
  }
}
