import type { ReactNode } from 'react'

export interface SparkProps {
  readonly values: readonly number[]
  /** Number of values over the whole width. */
  readonly slots: number
  readonly width: number
  readonly height: number
  /** The curve in words. */
  readonly label: string
  readonly children?: ReactNode
}

/** A curve of the newest `slots` values, the newest at the right edge. */
export function Spark({ values, slots, width, height, label, children }: SparkProps) {
  const shown = values.slice(-slots)
  const top = Math.max(1, ...shown) * 1.12
  const step = width / (slots - 1)
  const left = width - (shown.length - 1) * step
  const points = shown.map(
    (value, i) => `${(left + i * step).toFixed(1)} ${(height - (value / top) * height).toFixed(1)}`,
  )
  return (
    <svg
      className="spark"
      width={width}
      height={height}
      viewBox={`0 0 ${width} ${height}`}
      role="img"
      aria-label={label}
    >
      {points.length > 1 && (
        <path
          className="a"
          d={`M${left.toFixed(1)} ${height} L${points.join(' L')} L${width} ${height} Z`}
        />
      )}
      {points.length > 1 && <path className="l" d={`M${points.join(' L')}`} />}
      {children}
    </svg>
  )
}
