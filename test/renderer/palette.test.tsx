// @vitest-environment happy-dom
import { act, fireEvent, screen, waitFor, within } from '@testing-library/react'
import { beforeEach, describe, expect, test } from 'vitest'
import { Frame } from '../../renderer/features/frame/frame.tsx'
import { dismissToast, useToast } from '../../renderer/state/toast.ts'
import { go, setPanes, useUi } from '../../renderer/state/ui.ts'
import { ask } from '../../renderer/state/work.ts'
import { setFavorite } from '../../renderer/features/places/favorites.ts'
import { GonePlace } from '../../renderer/features/places/gone-place.tsx'
import { SidebarPlaces } from '../../renderer/features/places/sidebar-places.tsx'
import { placesQuery } from '../../renderer/queries/places.ts'
import { mounted } from './mounted.tsx'

const PLACE = { profileId: 'p1', bucket: 'lanstone-archive', prefix: 'contracts/' }
const press = (key: string, over: object = {}) =>
  fireEvent.keyDown(document.activeElement ?? document.body, { key, ...over })
const chord = (key: string, over: object = {}) => press(key, { ctrlKey: true, ...over })
const groups = (dialog: HTMLElement) =>
  Object.fromEntries(
    within(dialog)
      .queryAllByRole('group')
      .map((group) => [
        group.querySelector('.h')?.textContent,
        within(group)
          .getAllByRole('option')
          .map((row) => row.textContent),
      ]),
  )

beforeEach(async () => {
  act(() => {
    ask(null)
    dismissToast()
    // The selectors of the tree are beyond this DOM.
    setPanes({ sideOpen: false })
    go({ page: 'objects', place: PLACE })
  })
})

async function opened() {
  const fake = mounted(<Frame />, ({ handlers, data }) => {
    data.settings = { ...data.settings, showGuide: false }
    void handlers['places.change'](
      { do: 'visit', place: { ...PLACE, prefix: 'payroll/' } },
      new AbortController().signal,
    )
    void handlers['places.change'](
      { do: 'open', file: { profileId: 'p1', bucket: 'lanstone-archive', key: 'payroll/pay.csv' } },
      new AbortController().signal,
    )
  })
  await screen.findByRole('grid', { name: /^Objects in/ })
  chord('k')
  const dialog = await screen.findByRole('dialog', { name: 'Go to a place or run a command' })
  return { fake, dialog, field: within(dialog).getByRole('combobox') as HTMLInputElement }
}

describe('the palette', () => {
  test('begins with recent places and three commands, and finds by name', async () => {
    const { dialog, field } = await opened()
    await waitFor(() => expect(groups(dialog)['Places']).toHaveLength(1))
    expect(groups(dialog)['Commands']).toHaveLength(3)
    fireEvent.change(field, { target: { value: 'pay' } })
    expect(Object.keys(groups(dialog)).slice(0, 2)).toEqual(['Places', 'Recent files'])
    const active = () => document.getElementById(field.getAttribute('aria-activedescendant') ?? '')
    expect(active()?.textContent).toMatch(/^payroll/)
    expect(active()?.getAttribute('aria-selected')).toBe('true')
    expect(active()?.querySelector('b')?.textContent).toBe('pay')
    fireEvent.keyDown(field, { key: 'ArrowDown' })
    expect(active()?.textContent).toMatch(/^pay\.csv/)
    fireEvent.keyDown(field, { key: 'ArrowUp' })
    fireEvent.keyDown(field, { key: 'Enter' })
    await waitFor(() => expect(useUi.getState().place?.prefix).toBe('payroll/'))
    expect(screen.queryByRole('dialog')).toBeNull()
  })

  test('lists only what is possible now, at most nine of a kind', async () => {
    const { dialog, field } = await opened()
    fireEvent.change(field, { target: { value: '>' } })
    const { Commands: all = [], ...others } = groups(dialog)
    expect(others).toEqual({})
    expect(all.length).toBe(9)
    fireEvent.change(field, { target: { value: '> rename' } })
    expect(groups(dialog)).toEqual({})
    expect(within(dialog).getByText(/^Nothing matches/)).toBeTruthy()
    fireEvent.change(field, { target: { value: '/ pay' } })
    expect(Object.keys(groups(dialog))).toEqual(['Places'])
    fireEvent.change(field, { target: { value: '> settings' } })
    fireEvent.keyDown(field, { key: 'Enter' })
    await waitFor(() => expect(useUi.getState().page).toBe('settings'))
  })
})

describe('favorites', () => {
  test('come and go by key, and Undo takes it back', async () => {
    const { fake, field } = await opened()
    fireEvent.keyDown(field, { key: 'Escape' })
    await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull())
    const last = () => fake.calls.filter(({ name }) => name === 'places.change').at(-1)?.input
    chord('d', { shiftKey: true })
    await waitFor(() =>
      expect(useToast.getState().toast?.text).toBe('“contracts” was added to the favorites.'),
    )
    expect(last()).toEqual({ do: 'favorite', place: PLACE, on: true })
    chord('z')
    await waitFor(() => expect(last()).toEqual({ do: 'favorite', place: PLACE, on: false }))
  })

  test('of a profile that is gone say so, there and in the sidebar', async () => {
    const gone = { ...PLACE, profileId: 'p-gone' }
    act(() => go({ page: 'objects', place: gone }))
    const { client } = mounted(
      <>
        <SidebarPlaces profiles={[]} />
        <GonePlace place={gone} kind="profile" />
      </>,
    )
    await client.fetchQuery(placesQuery)
    expect(screen.queryByRole('button')).toBeNull()
    act(() => setFavorite(gone, true))
    const list = await screen.findByRole('list', { name: 'Favorites' })
    expect(within(list).getByRole('link').textContent).toBe('contractsgone')
    fireEvent.click(await screen.findByRole('button', { name: 'Remove from favorites' }))
    await waitFor(() => expect(screen.queryByRole('list', { name: 'Favorites' })).toBeNull())
  })
})
