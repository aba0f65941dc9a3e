// @vitest-environment happy-dom
import fc from 'fast-check'
import { beforeEach, describe, expect, test } from 'vitest'
import type { Place } from '../../renderer/queries/objects.ts'
import { hashOf } from '../../renderer/state/address.ts'
import { setFilters, useFilters } from '../../renderer/state/filters.ts'
import { followHistory, travel } from '../../renderer/state/history.ts'
import { dispatchSelection, useSelection } from '../../renderer/state/selection.ts'
import {
  closeTab,
  openTab,
  showNextTab,
  showTab,
  shownTab,
  stepOf,
  tabsOf,
  useTabs,
} from '../../renderer/state/tabs.ts'
import { go, setFilter, sortFolder, useUi } from '../../renderer/state/ui.ts'
import { MOST_TABS } from '../../shared/contract/models-settings.ts'

const at = (prefix: string): Place => ({ profileId: 'p', bucket: 'b', prefix })
const view = (prefix: string) => ({ page: 'objects' as const, place: at(prefix) })
const here = () => useUi.getState().place?.prefix
const selected = () => [...useSelection.getState().keys]
const shown = () => useTabs.getState().shown
const names = () => useTabs.getState().tabs.map((tab) => stepOf(tab).place?.prefix)

let end = (): void => undefined

/** A browser as a page sees it: its entries, and the page that a reload starts. */
function browserOf(first = '') {
  const listeners: (() => void)[] = []
  let entries: { state: unknown; hash: string }[] = [{ state: null, hash: first }]
  let now = 0
  const keep = (state: unknown, url: string) => ({ state: structuredClone(state), hash: url })
  const arrive = (to: number) => {
    if (entries[to] === undefined) return
    now = to
    for (const listener of listeners) listener()
  }
  const window = {
    addEventListener: (_name: string, listener: () => void) => listeners.push(listener),
    removeEventListener: () => undefined,
    history: {
      get state() {
        return entries[now]?.state
      },
      pushState(state: unknown, _title: string, url: string) {
        entries = [...entries.slice(0, now + 1), keep(state, url)]
        now++
      },
      replaceState(state: unknown, _title: string, url: string) {
        entries[now] = keep(state, url)
      },
      go: (by: number) => arrive(now + by),
    },
    location: {
      get hash() {
        return entries[now]?.hash ?? ''
      },
    },
  }
  return {
    start: (views = [view('')], tab = 0) => {
      end()
      listeners.length = 0
      end = followHistory(window as unknown as Window, tabsOf(views, tab))
    },
    go: (by: number) => arrive(now + by),
    /** The user types an address. */
    type(hash: string) {
      entries = [...entries.slice(0, now + 1), { state: null, hash }]
      arrive(now + 1)
    },
    hash: () => entries[now]?.hash,
  }
}

beforeEach(() => {
  end()
  sessionStorage.clear()
  sortFolder({ by: 'name', down: false })
})

describe('a tab', () => {
  test('has its own place, history, filter and selection', () => {
    browserOf().start()
    go({ place: at('a/') })
    setFilter('text')
    setFilters({ where: 'below' })
    dispatchSelection({ type: 'point', key: 'a/x', toggle: false })
    const first = shown()
    const second = openTab(view('z/'))?.id ?? -1
    expect([here(), selected()]).toEqual(['a/', ['a/x']])
    showTab(second)
    expect([here(), selected(), useUi.getState().filter]).toEqual(['z/', [], ''])
    expect([useFilters.getState().where, useUi.getState().at]).toEqual(['here', 0])
    travel('back')
    expect(here()).toBe('z/')
    go({ place: at('z/y/') })
    showTab(first)
    expect([here(), selected(), useUi.getState().filter]).toEqual(['a/', ['a/x'], 'text'])
    expect(useFilters.getState().where).toBe('below')
    travel('back')
    expect(here()).toBe('')
    travel('forward')
    expect(here()).toBe('a/')
    showNextTab(-1)
    expect(here()).toBe('z/y/')
    travel('back')
    expect(here()).toBe('z/')
  })

  test('that closes gives its place to a neighbour, and the only one stays', () => {
    browserOf().start([view('a/'), view('b/'), view('c/')], 1)
    closeTab(shown())
    expect([names(), here()]).toEqual([['a/', 'c/'], 'c/'])
    closeTab(shown())
    expect([names(), here()]).toEqual([['a/'], 'a/'])
    closeTab(shown())
    expect(names()).toEqual(['a/'])
  })

  test('is not opened beyond the most tabs', () => {
    browserOf().start()
    for (let n = 1; n < MOST_TABS; n++) expect(openTab(view(`${n}/`))).not.toBeNull()
    expect(openTab(view('more/'))).toBeNull()
    expect(names()).toHaveLength(MOST_TABS)
  })
})

describe('the tabs of a window', () => {
  test('are there again after a reload, each with its history', () => {
    const browser = browserOf()
    browser.start()
    go({ place: at('a/') })
    const second = openTab(view('z/'))
    showTab(second?.id ?? -1)
    go({ page: 'keys' })
    browser.start([view('other/')])
    expect(names()).toEqual(['a/', 'z/'])
    expect([useUi.getState().page, browser.hash()]).toEqual(['keys', '#keys'])
    travel('back')
    expect([useUi.getState().page, here()]).toEqual(['objects', 'z/'])
    showNextTab(1)
    travel('back')
    expect(here()).toBe('')
  })

  test('come from the last session only where the address names no place', () => {
    browserOf().start([view('a/'), view('b/')], 1)
    expect([names(), here()]).toEqual([['a/', 'b/'], 'b/'])
    end()
    sessionStorage.clear()
    browserOf('#/p/b/marked/').start([view('a/'), view('b/')], 1)
    expect([names(), here()]).toEqual([['marked/'], 'marked/'])
  })

  const one = '"tabs":[{"id":1,"steps":[{"id":2,"page":"keys","place":null}],"at":0}],"shown":1'
  test.each([
    ['not JSON'],
    ['{}'],
    ['{"version":1,"tabs":[],"shown":1,"entries":[]}'],
    [`{${one},"entries":[]}`],
    [`{"version":2,${one},"entries":[]}`],
  ])('start again from a record that says %s', (record) => {
    sessionStorage.setItem('cipherbucket.tabs', record)
    browserOf().start([view('a/')])
    expect(names()).toEqual(['a/'])
  })

  test('take an address that the user types as a step of the shown tab', () => {
    const browser = browserOf()
    browser.start([view('a/'), view('b/')], 1)
    browser.type('#/p/b/typed/')
    expect(names()).toEqual(['a/', 'typed/'])
    browser.go(-1)
    expect(here()).toBe('b/')
    browser.go(1)
    expect(here()).toBe('typed/')
  })

  test('show the place of a closed tab in the shown tab, by the browser’s Back', () => {
    const browser = browserOf()
    browser.start()
    go({ place: at('a/') })
    const first = shown()
    showTab(openTab(view('z/'))?.id ?? -1)
    go({ place: at('z/y/') })
    closeTab(first)
    browser.go(-1)
    browser.go(-1)
    expect([names(), here()]).toEqual([[''], ''])
  })
})

type Act =
  | readonly ['go' | 'show' | 'close' | 'browser', number]
  | readonly ['open' | 'back' | 'forward' | 'reload']

/** The tabs as the user thinks of them. */
interface Model {
  tabs: { id: number; steps: string[]; at: number }[]
  shown: number
}

test('Back and Forward of each tab lead where the user was, whatever the browser does', () => {
  const number = fc.nat({ max: 5 })
  const act: fc.Arbitrary<Act> = fc.oneof(
    ...(['go', 'show', 'close', 'browser'] as const).map((name) =>
      number.map((n): Act => [name, n]),
    ),
    ...(['open', 'back', 'forward', 'reload'] as const).map((name) => fc.constant<Act>([name])),
  )
  fc.assert(
    fc.property(fc.array(act, { maxLength: 40 }), (acts) => {
      end()
      sessionStorage.clear()
      const browser = browserOf()
      browser.start()
      const model: Model = { tabs: [{ id: shown(), steps: [''], at: 0 }], shown: shown() }
      const tab = () => model.tabs.find(({ id }) => id === model.shown) ?? model.tabs[0]
      for (const [name, n = 0] of acts) {
        const now = tab()
        if (now === undefined) throw new Error('no tab')
        if (name === 'go' && here() !== `${n}/`) {
          go({ place: at(`${n}/`) })
          now.steps = [...now.steps.slice(0, now.at + 1), `${n}/`]
          now.at++
        } else if (name === 'open') {
          model.tabs.push({ id: openTab(view('new/'))?.id ?? -1, steps: ['new/'], at: 0 })
        } else if (name === 'show') {
          model.shown = model.tabs[n % model.tabs.length]?.id ?? -1
          showTab(model.shown)
        } else if (name === 'close' && model.tabs.length > 1) {
          const gone = n % model.tabs.length
          const id = model.tabs[gone]?.id ?? -1
          closeTab(id)
          const neighbour = model.tabs[gone + 1] ?? model.tabs[gone - 1]
          model.tabs = model.tabs.filter((one) => one.id !== id)
          if (id === model.shown) model.shown = neighbour?.id ?? -1
        } else if (name === 'back' || name === 'forward') {
          travel(name)
          const to = now.at + (name === 'back' ? -1 : 1)
          if (now.steps[to] !== undefined) now.at = to
        } else if (name === 'reload') browser.start([view('never/')])
        else if (name === 'browser') {
          browser.go(n % 2 === 0 ? -1 : 1)
          // The browser goes by time, and may lead to another tab or add a step.
          model.shown = shown()
          const found = tab()
          if (found === undefined) throw new Error('no tab')
          found.steps = shownTab().steps.map(({ place }) => place?.prefix ?? '')
          found.at = shownTab().at
        }
        expect(useTabs.getState().tabs.map(({ id }) => id)).toEqual(model.tabs.map(({ id }) => id))
        expect([shown(), here()]).toEqual([model.shown, tab()?.steps[tab()?.at ?? 0]])
        expect(useUi.getState()).toMatchObject({
          at: tab()?.at,
          top: (tab()?.steps.length ?? 0) - 1,
        })
        expect(browser.hash()).toBe(hashOf(useUi.getState()))
      }
    }),
  )
})
