import { describe, expect, it } from 'vitest'
import { decide, type Caller, type GuardDecision } from '../../electron/loopback/guard.ts'

const HOST = '127.0.0.1:4321'
const ORIGIN = `http://${HOST}`
const door = {
  host: HOST,
  cookieName: 'cipherbucket-4321',
  session: 'the-session',
  token: 'the-token',
}
const cookie = 'cipherbucket-4321=the-session'

/**
 * A navigation to the page, typed into the address bar, with the cookie. Every row changes
 * something.
 */
const page: Caller = {
  method: 'GET',
  pathname: '/',
  host: HOST,
  origin: null,
  site: 'none',
  cookie,
  token: null,
  upgrade: false,
}
const link: Caller = { ...page, cookie: null, token: 'the-token' }
const post: Caller = {
  ...page,
  method: 'POST',
  pathname: '/spool',
  origin: ORIGIN,
  site: 'same-origin',
}
const upgrade: Caller = {
  ...page,
  pathname: '/port',
  origin: ORIGIN,
  site: 'same-origin',
  upgrade: true,
}
const asset: Caller = { ...page, pathname: '/assets/a.js', site: 'same-origin' }

const wrongHost = { act: 'refuse', status: 421, reason: 'wrong-host' } as const
const wrongOrigin = { act: 'refuse', status: 403, reason: 'wrong-origin' } as const
const noSession = { act: 'refuse', status: 403, reason: 'no-session' } as const
const usedLink = { act: 'refuse', status: 403, reason: 'used-link' } as const

const rows: readonly (readonly [name: string, caller: Caller, decision: GuardDecision])[] = [
  ['the page with its cookie', page, { act: 'page' }],
  ['the page by a client without Sec-Fetch-Site', { ...page, site: null }, { act: 'page' }],
  ['an asset', asset, { act: 'page' }],
  ['an asset, HEAD', { ...asset, method: 'HEAD' }, { act: 'page' }],
  ['a spool request', post, { act: 'call' }],
  ['the upgrade', upgrade, { act: 'call' }],
  ['the upgrade by a client without Sec-Fetch-Site', { ...upgrade, site: null }, { act: 'call' }],
  ['other cookies beside ours', { ...page, cookie: `a=b; ${cookie}; c=d` }, { act: 'page' }],

  ['the link', link, { act: 'enter', viaPage: false }],
  ['the link although there is a cookie', { ...link, cookie }, { act: 'enter', viaPage: false }],
  [
    'the link clicked on another site',
    { ...link, site: 'cross-site' },
    { act: 'enter', viaPage: true },
  ],
  [
    'the link clicked on another port',
    { ...link, site: 'same-site' },
    { act: 'enter', viaPage: true },
  ],
  ['a wrong token', { ...link, token: 'the-tokem' }, usedLink],
  ['an empty token', { ...link, token: '' }, usedLink],
  ['a wrong token with a good cookie', { ...page, token: 'x' }, usedLink],
  ['the token on another path', { ...link, pathname: '/assets/a.js' }, noSession],
  ['the token in a POST', { ...post, pathname: '/', cookie: null, token: 'the-token' }, noSession],
  [
    'the token in an upgrade',
    { ...upgrade, pathname: '/', cookie: null, token: 'the-token' },
    noSession,
  ],

  ['no cookie', { ...page, cookie: null }, noSession],
  ['an old cookie', { ...page, cookie: 'cipherbucket-4321=another' }, noSession],
  ['a cookie of another port', { ...page, cookie: 'cipherbucket-4322=the-session' }, noSession],
  ['an empty cookie', { ...page, cookie: 'cipherbucket-4321=' }, noSession],
  [
    'a cookie name that only begins like ours',
    { ...page, cookie: 'cipherbucket-43210=the-session' },
    noSession,
  ],
  ['the upgrade without a cookie', { ...upgrade, cookie: null }, noSession],
  ['a spool request without a cookie', { ...post, cookie: null }, noSession],

  ['a name that points here (DNS rebinding)', { ...page, host: 'evil.example:4321' }, wrongHost],
  ['localhost is not our name', { ...page, host: 'localhost:4321' }, wrongHost],
  ['another port', { ...page, host: '127.0.0.1:4322' }, wrongHost],
  ['no port', { ...page, host: '127.0.0.1' }, wrongHost],
  ['no host', { ...page, host: null }, wrongHost],
  ['the link by another name', { ...link, host: 'evil.example:4321' }, wrongHost],
  [
    'the upgrade by another name',
    { ...upgrade, host: 'evil.example:4321', origin: 'http://evil.example:4321' },
    wrongHost,
  ],

  [
    'the upgrade from another site',
    { ...upgrade, origin: 'https://evil.example', site: 'cross-site' },
    wrongOrigin,
  ],
  [
    'the upgrade from another port',
    { ...upgrade, origin: 'http://127.0.0.1:4322', site: 'same-site' },
    wrongOrigin,
  ],
  [
    'the upgrade from a sandboxed frame',
    { ...upgrade, origin: 'null', site: 'cross-site' },
    wrongOrigin,
  ],
  ['the upgrade over https', { ...upgrade, origin: `https://${HOST}` }, wrongOrigin],
  ['the upgrade without an origin', { ...upgrade, origin: null }, wrongOrigin],
  ['the upgrade by Sec-Fetch-Site alone', { ...upgrade, site: 'cross-site' }, wrongOrigin],
  ['the upgrade typed by hand', { ...upgrade, site: 'none' }, wrongOrigin],
  [
    'a spool request from another site',
    { ...post, origin: 'https://evil.example', site: 'cross-site' },
    wrongOrigin,
  ],
  ['a spool request without an origin', { ...post, origin: null }, wrongOrigin],
  ["an asset as another site's script", { ...asset, site: 'cross-site' }, wrongOrigin],
  ["an asset as another port's script", { ...asset, site: 'same-site' }, wrongOrigin],
  [
    'an asset read with another origin',
    { ...asset, site: null, origin: 'http://127.0.0.1:1' },
    wrongOrigin,
  ],
  [
    "the link asked for by another origin's script",
    { ...link, origin: 'https://evil.example', site: 'cross-site' },
    wrongOrigin,
  ],

  [
    'another method',
    { ...asset, method: 'DELETE' },
    { act: 'refuse', status: 405, reason: 'wrong-method' },
  ],
  [
    'a preflight',
    { ...post, method: 'OPTIONS' },
    { act: 'refuse', status: 405, reason: 'wrong-method' },
  ],
]

describe('who may come in', () => {
  for (const [name, caller, decision] of rows)
    it(name, () => expect(decide(caller, door)).toEqual(decision))

  it('no link is open after it was used', () =>
    expect(decide(link, { ...door, token: null })).toEqual(usedLink))
  it('an empty token does not match a used link', () =>
    expect(decide({ ...link, token: '' }, { ...door, token: null })).toEqual(usedLink))
})
