export interface ProgressProps {
  /** 0 to 1; null while the total is unknown. */
  readonly value: number | null
  /** The name of the process. */
  readonly label: string
  /** `off`: not moving. */
  readonly kind?: 'warn' | 'bad' | 'off'
}

/** A progress bar with a name and a value. It announces nothing by itself. */
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

/** Share of the bytes done. It is 1 only after the transfer, because OSS confirms at the end. */
export const shareOf = (done: number, total: number, over: boolean): number =>
  over ? 1 : total === 0 ? 0 : Math.min(done / total, 0.99)
