import type { QueryClient } from '@tanstack/react-query'
import type { Bridge } from '../../../shared/contract/routes/bridge.ts'
import { chosenLanguage } from '../../../shared/contract/languages.ts'
import { openRound, type RoundEnd } from '../../../shared/contract/round.ts'
import { endNotice } from '../../../shared/contract/sentences/round-words.ts'
import { errorSentence } from '../../text/sentence.ts'
import { showNotification } from '../../shell/notifications.ts'
import { appQuery } from '../../queries/app.ts'
import { followCore } from '../../queries/events.ts'
import { followNewKeys } from '../../queries/keys.ts'
import { settingsQuery } from '../../queries/settings.ts'
import { needsUser } from '../../queries/transfers/transfer-facts.ts'
import { alarm, say } from '../../ui/announce.ts'
import { dropTransfers, noteTransfers } from '../../state/awaited-transfers.ts'
import { takeFolderViews } from '../../state/kept-places.ts'
import { recordRound } from '../../state/round.ts'
import { showToast } from '../../state/toast.ts'
import { useWantedKey } from '../../state/wanted-key.ts'
import { recordSpeed } from '../../state/speed.ts'
import { useUi } from '../../state/ui.ts'
import { notify } from '../../state/work.ts'
import { shownName } from '../../text/shown-name.ts'
import { systemLanguage } from '../../text/system-language.ts'
import { textIn, texts } from '../../text/use-text.tsx'
import type { Language } from '../../../shared/contract/sentences/sentences.ts'

/**
 * Follows the core's events for the life of the page: the cache, the speed curve and announcements.
 */
export function followEvents(client: QueryClient, bridge: Bridge): () => void {
  const round = openRound()
  const offRemoved = bridge.on('transfers.removed', (ids) => {
    dropTransfers(ids)
    round.removed(ids)
    recordRound(round.totals())
  })
  const offKeys = followNewKeys(client, ({ id, name }) => {
    useWantedKey.setState({ id })
    const t = textIn(texts.language as Language)
    showToast({
      text: t('keys:done.added', { name: shownName(name) }),
      shown: { kind: 'key', id },
    })
  })
  const offPlaces = bridge.on('places.changed', takeFolderViews)
  const offCore = followCore(client, bridge, {
    onTransfers(changed, all, before) {
      noteTransfers(changed)
      const end = round.changed(changed)
      recordRound(round.totals())
      if (end !== null) tellEnd(client, end)
      const language = texts.language as Language
      const t = textIn(language)
      const totals = all.totals()
      recordSpeed(totals.speed ?? 0)
      const asking = changed.filter((transfer) => {
        const earlier = before.get(transfer.id)
        return needsUser(transfer) && (earlier === undefined || !needsUser(earlier))
      })
      const [first] = asking
      if (asking.length > 1)
        alarm(t('transfers:live.needsMany', { count: asking.length, n: asking.length }))
      else if (first !== undefined)
        alarm(
          t('transfers:live.needs', {
            name: shownName(first.name),
            why: first.error === null ? '' : errorSentence(first.error, language),
          }),
        )
      for (const { name, error, profileId, bucket, key } of asking) {
        const here = useUi.getState().place
        // The object's own page shows a wrong key, because another key may be chosen there.
        if (
          error?.code === 'wrong-master-key' &&
          profileId !== null &&
          bucket !== null &&
          key !== null &&
          here?.profileId === profileId &&
          here.bucket === bucket
        ) {
          notify({ about: name, error, text: null, object: { place: here, key } })
        }
      }
      const moving = totals.running + totals.waiting + totals.noNetwork
      const need = totals.needKey + totals.needOther
      const movedBefore =
        before.totals.running + before.totals.waiting + before.totals.noNetwork > 0
      if (movedBefore && moving === 0 && totals.paused === 0)
        say(
          need === 0
            ? t('transfers:live.finished')
            : t('transfers:live.finishedNeed', { count: need, n: need }),
        )
    },
    onProblem: (error) => notify({ about: null, error, text: null }),
  })
  // Problems from before the page was open.
  client.fetchQuery(appQuery).then(
    ({ problems: [first, ...others] }) => {
      if (first === undefined) return
      if (others.length === 0) return notify({ about: null, error: first, text: null })
      notify({
        about: null,
        error: null,
        text: [first, ...others]
          .map((problem) => errorSentence(problem, texts.language as Language))
          .join(textIn(texts.language as Language)('common:space')),
      })
    },
    () => undefined,
  )
  return () => {
    offRemoved()
    offKeys()
    offPlaces()
    offCore()
  }
}

/** A browser tab in the background shows a notification. The desktop shell has its own. */
function tellEnd(client: QueryClient, end: RoundEnd): void {
  const settings = client.getQueryData(settingsQuery.queryKey)
  if (
    settings?.notifyEnd !== true ||
    client.getQueryData(appQuery.queryKey)?.shell !== 'loopback' ||
    document.hasFocus()
  )
    return
  const { title, body } = endNotice(
    end,
    chosenLanguage(settings.language, systemLanguage(client.getQueryData(appQuery.queryKey))),
    settings.notifyNames,
  )
  showNotification(title, body)
}
