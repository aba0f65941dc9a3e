import { useLive } from './announce.ts'

/** The two live regions of the window. */
export function LiveRegions() {
  const { polite, assertive } = useLive()
  return (
    <>
      <div className="sr" role="status" aria-live="polite">
        {polite}
      </div>
      <div className="sr" role="alert" aria-live="assertive">
        {assertive}
      </div>
    </>
  )
}
