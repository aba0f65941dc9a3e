import type { EnvelopeFacts, MasterKey } from '../../../shared/contract/models.ts'
import { errorSentence } from '../../text/sentence.ts'
import { headerWord } from '../../../shared/contract/sentences/sentences-words.ts'
import { useQuantities } from '../../text/use-quantities.ts'
import { useLanguage, useRich, useText, type Text } from '../../text/use-text.tsx'
import { CopyDetails } from '../../ui/copy-details.tsx'
import { Icon, type IconName } from '../../ui/icon.tsx'
import { Progress, shareOf } from '../../ui/progress.tsx'
import { kindFor, kmsCalls } from '../objects/details/format-words.ts'
import type { RowState } from './offline-state.ts'

export interface OfflineResultProps {
  readonly state: RowState
  readonly name: string
  readonly keyKind: MasterKey['kind'] | null
  /** Facts of the envelope; null if the row has none. */
  readonly facts: EnvelopeFacts | null
  /** `repair`: the file was split again by a Java SDK. */
  readonly onDecrypt: (repair: boolean) => void
}

/** The result of a row in words, or a bar while bytes move. */
export function OfflineResult({ state, name, keyKind, facts, onDecrypt }: OfflineResultProps) {
  const t = useText()
  const q = useQuantities()
  const rich = useRich()
  const language = useLanguage()
  if (state.kind === 'moving' || state.kind === 'paused') {
    const { done, total, speed, phase } = state.transfer
    const progress = q.progress(done, total)
    const words =
      phase === 'finishing'
        ? t('offline:res.finishing')
        : phase === 'paused'
          ? t('offline:res.paused', { progress })
          : speed === null
            ? progress
            : t('offline:res.running', { progress, speed: q.speed(speed) })
    return (
      <div role="cell" className="res run">
        <div className="stack g4">
          <span className="small muted">{words}</span>
          <Progress
            value={shareOf(done, total, false)}
            label={name}
            {...(phase === 'paused' && { kind: 'off' as const })}
          />
        </div>
      </div>
    )
  }
  const missing = facts === null ? 'rsa' : kindFor(facts)
  const more = offered(state, facts)
  const { look, icon, words } =
    state.kind === 'ready'
      ? ready(keyKind, facts, t)
      : state.kind === 'no-key' && missing !== 'rsa'
        ? { look: 'nokey', icon: 'nokey' as const, words: t(`offline:res.nokey.${missing}`) }
        : said(state, t, (error) => errorSentence(error, language))
  return (
    <div role="cell" className={`res ${look}`}>
      {icon !== null && <Icon name={icon} size="s" />}
      <span title={words}>
        {words}
        {more !== null && (
          <>
            <br />
            {rich(more, {
              a: (inner) => (
                <button
                  type="button"
                  className="link"
                  onClick={() => onDecrypt(more === 'offline:res.repair')}
                >
                  {inner}
                </button>
              ),
            })}
          </>
        )}
      </span>
      {state.kind === 'failed' && <CopyDetails error={state.error} />}
    </div>
  )
}

interface Said {
  readonly look: '' | 'ok' | 'okw' | 'nokey' | 'noenv' | 'short' | 'broken'
  readonly icon: IconName | null
  readonly words: string
}

/** Decrypting needs more than the file: KMS needs the network, and a program is run. */
function ready(keyKind: MasterKey['kind'] | null, facts: EnvelopeFacts | null, t: Text): Said {
  if (keyKind === 'kms' && facts !== null)
    return {
      look: '',
      icon: 'cloud-key',
      words: t('offline:res.readyKms', { count: kmsCalls(facts) }),
    }
  return keyKind === 'command'
    ? { look: '', icon: 'program', words: t('offline:res.readyProgram') }
    : { look: '', icon: null, words: t('offline:res.ready') }
}

/** Other actions, beside the state of the row: a repair, and trying every key. */
function offered(
  state: RowState,
  facts: EnvelopeFacts | null,
): 'offline:res.repair' | 'offline:res.tryAll' | null {
  if ((state.kind === 'ready' || state.kind === 'done') && facts !== null && facts.resplit !== null)
    return 'offline:res.repair'
  return state.kind === 'no-key' &&
    state.description === '' &&
    facts !== null &&
    kindFor(facts) === 'rsa'
    ? 'offline:res.tryAll'
    : null
}

const PARTS = ['key', 'start', 'cek-alg', 'wrap-alg', 'matdesc'] as const

function said(
  state: Exclude<RowState, { readonly kind: 'moving' | 'paused' }> | RowState,
  t: Text,
  sentenceOf: (error: Extract<RowState, { readonly kind: 'failed' }>['error']) => string,
): Said {
  switch (state.kind) {
    case 'waiting':
      return { look: '', icon: null, words: t('offline:res.waiting') }
    case 'no-envelope':
      return { look: 'noenv', icon: 'envelope', words: t('offline:res.noenv') }
    case 'no-blob':
      return { look: 'noenv', icon: 'file', words: t('offline:res.noblob') }
    case 'plain':
      return { look: 'noenv', icon: 'plain', words: t('offline:res.plain') }
    case 'no-key':
      return {
        look: 'nokey',
        icon: 'nokey',
        words: t(state.description === '' ? 'offline:res.nokeyEmpty' : 'offline:res.nokey'),
      }
    case 'broken': {
      const part = PARTS.find((one) => one === headerWord(state.header)) ?? 'other'
      return {
        look: 'broken',
        icon: 'broken',
        words: t(`offline:res.part.${state.problem}`, { part: t(`offline:part.${part}`) }),
      }
    }
    case 'failed':
      return {
        look: state.error.code === 'wrong-master-key' ? 'nokey' : 'short',
        icon: state.error.code === 'wrong-master-key' ? 'nokey' : 'alert',
        words: sentenceOf(state.error),
      }
    case 'done': {
      if (state.transfer.outcome?.tag === 'verified')
        return { look: 'ok', icon: 'done', words: t('offline:res.tag') }
      const matches = state.transfer.outcome?.checksum === 'matches'
      return {
        look: matches ? 'ok' : 'okw',
        icon: 'done',
        words: t(matches ? 'offline:res.ok' : 'offline:res.okNoChecksum'),
      }
    }
    default:
      return { look: '', icon: null, words: '' }
  }
}
