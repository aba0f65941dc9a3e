// @vitest-environment happy-dom
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { cleanup, fireEvent, render, screen } from '@testing-library/react'
import { afterEach, describe, expect, test } from 'vitest'
import { Grid } from '../../renderer/ui/grid/grid.tsx'
import { withLayout } from './layout.ts'

/** A frame of a long list costs what is in view: few rows are drawn, and few styles are found. */

withLayout()
afterEach(cleanup)

/** Rows of 30 pixels in a list of 600, and one that begins within it. */
const IN_VIEW = 21

/** Shows a long list. `passes`: the rows of each rendering. */
function shown(isLoaded: (index: number) => boolean) {
  const passes: number[][] = []
  render(
    <Grid
      label="list"
      className="grid"
      region="list"
      sections={[{ heading: null, count: 100_000 }]}
      rowPx={30}
      active={-1}
      nameAt={String}
      onMove={() => undefined}
      onCommand={() => false}
      isLoaded={isLoaded}
      row={(index, props) => {
        const pass = passes.at(-1)
        if (pass === undefined || index <= (pass.at(-1) ?? -1)) passes.push([index])
        else pass.push(index)
        return <div {...props} key={index} />
      }}
    />,
  )
  const grid = screen.getByRole('grid')
  const scrolled = (px: number): readonly (readonly number[])[] => {
    const scroller = grid.parentElement as HTMLElement
    passes.length = 0
    scroller.scrollTop = px
    fireEvent.scroll(scroller)
    return passes
  }
  const drawn = () => grid.querySelectorAll('[data-index]').length
  return { scrolled, drawn }
}

describe('drawn rows', () => {
  test('a row that is not loaded is drawn only in view', () => {
    const none = shown(() => false)
    none.scrolled(30_000)
    expect(none.drawn()).toBeLessThanOrEqual(IN_VIEW)
    cleanup()
    const all = shown(() => true)
    all.scrolled(30_000)
    expect(all.drawn()).toBe(IN_VIEW + 16)
  })

  test('rows near those in view end where the next one is not loaded', () => {
    const some = shown((index) => index >= 998 && index < 1023)
    some.scrolled(30_000)
    expect(some.drawn()).toBe(1023 - 998)
  })

  test('a jump draws the rows in view at once, and those near them afterwards', () => {
    const passes = shown(() => true).scrolled(1_500_000)
    expect(passes[0]?.length).toBeLessThanOrEqual(IN_VIEW)
    expect(passes.at(-1)?.length).toBe(IN_VIEW + 16)
  })

  test('rows that come into view are drawn before a frame shows them', () => {
    const list = shown(() => true)
    list.scrolled(30_000)
    const [first = []] = list.scrolled(30_240)
    expect([first.includes(1008), first.includes(1008 + IN_VIEW - 1)]).toEqual([true, true])
  })
})

test('no rule of a style sheet has a sibling of any kind', () => {
  // With such a rule a browser finds the styles of all rows again when one row comes.
  const sheets = readdirSync('renderer', { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.css'))
    .map((name) => readFileSync(join('renderer', name), 'utf8').replace(/\/\*.*?\*\//gs, ''))
  const found = sheets.flatMap(
    (text) => text.match(/^[^{}\n]*[+~]\s*(\*|:(?!is\()|\{|,).*$/gm) ?? [],
  )
  expect(found).toEqual([])
})
