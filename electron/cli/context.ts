import { bridgeOver, type Bridge } from '../../shared/contract/routes/bridge.ts'
import { valueOf } from '../../shared/contract/errors.ts'
import type { Transfer } from '../../shared/contract/models-transfers.ts'
import type { In, Out, RouteName } from '../../shared/contract/routes/routes.ts'
import { servePort } from '../../shared/contract/routes/serve.ts'
import type { Core, NotSent, PathGrants } from '../core/app/core.ts'
import { portPair } from './memory-port.ts'
import type { Output } from './output.ts'

/** Options of every command. */
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
  /** The encryption context as JSON. */
  readonly kmsContext?: string
  readonly context?: string
  readonly kmsPassphraseFile?: string
}

/** The parts that a command works with. */
export interface Context {
  /** Calls a route and returns its value. Throws the route's Failure. */
  call<N extends RouteName>(name: N, input: In<N>): Promise<Out<N>>
  readonly bridge: Bridge
  readonly grants: PathGrants
  readonly output: Output
  readonly options: CommonOptions
  readonly environment: Readonly<Record<string, string | undefined>>
  /** Hears of each file that is not sent. A command sets it before it starts an upload. */
  readonly notSent: { hear: (one: NotSent) => void }
  /** Hears of each file or object of a batch that ended. A command sets it before it starts one. */
  readonly unitEnded: { hear: (transfer: Transfer) => void }
  /** Ctrl+C aborts this signal. */
  readonly signal: AbortSignal
}

type Needs = Pick<
  Context,
  'output' | 'notSent' | 'unitEnded' | 'options' | 'environment' | 'signal'
>

/** Opens a client of the core through the same door as every window: bridge, port, dispatch. */
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
