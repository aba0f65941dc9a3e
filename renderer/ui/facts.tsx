import { Fragment, type ReactNode } from 'react'

/** Labels with their values. Rows with null are left out. */
export function Facts({
  rows,
}: {
  readonly rows: readonly (readonly [string, ReactNode] | null)[]
}) {
  return (
    <dl className="facts">
      {rows.map(
        (row) =>
          row !== null && (
            <Fragment key={row[0]}>
              <dt>{row[0]}</dt>
              <dd>{row[1]}</dd>
            </Fragment>
          ),
      )}
    </dl>
  )
}

/** Technical text that may break after a comma, and inside an ARN or a path. */
export function Mono({ text, ink = false }: { readonly text: string; readonly ink?: boolean }) {
  return (
    <span className={ink ? 'mono ink' : 'mono'}>
      {text.split(/(?<=,)|(?<=[:/])(?!["/])/).map((piece, i) => (
        <Fragment key={i}>
          {i > 0 && <wbr />}
          {piece}
        </Fragment>
      ))}
    </span>
  )
}
