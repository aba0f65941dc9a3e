import { bridgeOver, type Bridge } from '../../shared/contract/routes/bridge.ts'
import { valueOf } from '../../shared/contract/errors.ts'
import type { In, Out, RouteName } from '../../shared/contract/routes/routes.ts'
import { servePort } from '../../shared/contract/routes/serve.ts'
import type { Core, NotSent, PathGrants } from '../core/app/core.ts'
import { portPair } from './memory-port.ts'
import type { Output } from './output.ts'

/** Options that every command takes. */
export interface CommonOptions {
  readonly endpoint?: string
  readonly region?: string
  readonly bucket?: string
  readonly profile?: string
  readonly json?: boolean
  readonly force?: boolean
  readonly passphraseFile?: string
  readonly secretsPassphraseFile?: string
  readonly kmsEndpoint?: string
  readonly kmsRegion?: string
  readonly kmsKey?: string
  /** JSON; `context` is the same. */
  readonly kmsContext?: string
  readonly context?: string
  readonly kmsPassphraseFile?: string
}

/** What a command works with. */
export interface Context {
  /** The value of a route; throws its failure. */
  call<N extends RouteName>(name: N, input: In<N>): Promise<Out<N>>
  readonly bridge: Bridge
  readonly grants: PathGrants
  readonly output: Output
  readonly options: CommonOptions
  readonly environment: Readonly<Record<string, string | undefined>>
  /** Who hears of what does not go, one by one. Set before it is asked for. */
  readonly notSent: { hear: (one: NotSent) => void }
  /** Aborted by Ctrl+C. */
  readonly signal: AbortSignal
}

type Needs = Pick<Context, 'output' | 'notSent' | 'options' | 'environment' | 'signal'>

/** A client of the core through the same door as every window: bridge, port, dispatch. */
export function openContext(core: Core, needs: Needs): Context {
  const [here, there] = portPair()
  servePort(there, core)
  const bridge = bridgeOver(here)
  return {
    ...needs,
    bridge,
    grants: core.grants,
    call: async (name, input) => valueOf(await bridge.call(name, input, needs.signal)),
  }
}
