export interface ProgressProps {
  /** 0 to 1; null when nobody knows how much there is. */
  readonly value: number | null
  /** What it is the progress of. */
  readonly label: string
  /** `off`: not moving. */
  readonly kind?: 'warn' | 'bad' | 'off'
}

/** A bar with a name and a value for those who ask; it never speaks by itself. */
export function Progress({ value, label, kind }: ProgressProps) {
  const share = value === null ? null : Math.min(1, Math.max(0, value))
  return (
    <div
      className={`pg ${kind ?? ''}${share === null ? ' open' : ''}`}
      role="progressbar"
      aria-valuemin={0}
      aria-valuemax={100}
      aria-label={label}
      {...(share !== null && { 'aria-valuenow': Math.floor(share * 100) })}
    >
      {share !== null && <i style={{ width: `${share * 100}%` }} />}
    </div>
  )
}

/**
 * Share of bytes moved. 1 only when the transfer is over: before that OSS has not confirmed
 * anything.
 */
export const shareOf = (done: number, total: number, over: boolean): number =>
  over ? 1 : total === 0 ? 0 : Math.min(done / total, 0.99)
