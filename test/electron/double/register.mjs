// `node --import …/register.mjs out/desktop/main.mjs`: whoever imports `electron` gets the double
// named by ELECTRON_DOUBLE.
import { register } from 'node:module'

const hooks = `export function resolve(specifier, context, next) {
  return specifier === 'electron' ? { url: ${JSON.stringify(process.env.ELECTRON_DOUBLE)}, shortCircuit: true } : next(specifier, context)
}`
register(`data:text/javascript,${encodeURIComponent(hooks)}`)
