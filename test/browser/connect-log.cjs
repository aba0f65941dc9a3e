// Loaded into the app with `node --require`: writes one line to $CONNECT_LOG for every way out that
// is opened, workers' too.
const { appendFileSync } = require('node:fs')
const { Socket } = require('node:net')
const dgram = require('node:dgram')
const dns = require('node:dns')

const note = (what) => appendFileSync(process.env.CONNECT_LOG, `${what}\n`)
for (const [owner, name] of [
  [Socket.prototype, 'connect'],
  [dgram.Socket.prototype, 'send'],
  [dns, 'lookup'],
]) {
  const real = owner[name]
  owner[name] = function (...args) {
    note(name)
    return real.apply(this, args)
  }
}
