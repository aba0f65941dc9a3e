import * as shapes from '../../../shared/contract/routes/shapes-places.ts'
import type { ViewState } from '../../../shared/contract/models-settings.ts'
import { loadSound } from '../store/sound-text.ts'
import type { TextStore } from '../store/text-store.ts'

/**
 * Opens the place of one shell's window, in the text `view-<shell>`. A text of another form is set
 * aside, and the window opens as the first time.
 */
export function viewStates(
  texts: TextStore,
  shell: string,
): { get(): Promise<ViewState | null>; set(view: ViewState): Promise<void> } {
  const name = `view-${shell}`
  return {
    get: () =>
      loadSound(texts, name, (text) => shapes.viewState.safeParse(JSON.parse(text)).data ?? null),
    set: (view) => texts.save(name, JSON.stringify(view)),
  }
}
