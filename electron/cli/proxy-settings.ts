import type { CorePorts } from '../core/app/core.ts'

/**
 * Reads the proxy settings that command-line programs share: `HTTPS_PROXY`, `HTTP_PROXY`,
 * `ALL_PROXY`, `NO_PROXY`, each in lower case too, which wins. An empty value counts as not set.
 * Nothing is checked here: a setting that cannot be read is an error of the request that needs it.
 */
export function proxySettings(
  environment: CorePorts['environment'],
): NonNullable<CorePorts['proxy']> {
  const valueOf = (name: string): string =>
    environment[name.toLowerCase()] || environment[name] || ''
  const all = valueOf('ALL_PROXY')
  return {
    https: valueOf('HTTPS_PROXY') || all,
    http: valueOf('HTTP_PROXY') || all,
    except: valueOf('NO_PROXY'),
  }
}
