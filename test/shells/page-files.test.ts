import { expect, it } from 'vitest'
import { pageFile, pagePolicy } from '../../electron/host/page-files.ts'

const inside: readonly (readonly [string, string, string])[] = [
  ['/', '/app/page/index.html', 'no-store'],
  ['/index.html', '/app/page/index.html', 'no-store'],
  [
    '/assets/index-a_B-1.js',
    '/app/page/assets/index-a_B-1.js',
    'private, max-age=31536000, immutable',
  ],
  ['/assets/%69ndex.css', '/app/page/assets/index.css', 'private, max-age=31536000, immutable'],
]
for (const [pathname, path, cacheControl] of inside) {
  it(`serves ${pathname}`, () =>
    expect(pageFile('/app/page', pathname)).toMatchObject({ path, cacheControl }))
}

const outside = [
  '',
  '//',
  '/..',
  '/../main.js',
  '/%2e%2e/main.js',
  '/assets/..%2f..%2fmain.js',
  '/assets/%2e%2e/%2e%2e/main.js',
  '/..%5cmain.js',
  '/a%00.js',
  '/%',
  '/%ff.js',
  '/.env',
  '/.git/config.js',
  '/assets/',
  '/assets',
  '/package.json',
  '/main.mjs',
  '/a b.js',
  '//etc/passwd.js',
  '/C:/x.js',
  '/index.html/',
  '/a..b.js',
]
for (const pathname of outside)
  it(`does not serve ${JSON.stringify(pathname)}`, () =>
    expect(pageFile('/app/page', pathname)).toBeNull())

it('allows the page its own files and nothing else', () => {
  const policy = new Map(
    pagePolicy("'none'")
      .split('; ')
      .map((rule) => [rule.slice(0, rule.indexOf(' ')), rule.slice(rule.indexOf(' ') + 1)]),
  )
  expect(policy.get('default-src')).toBe("'none'")
  for (const name of ['script-src', 'style-src', 'img-src', 'font-src'])
    expect(policy.get(name)).toBe("'self'")
  for (const name of ['connect-src', 'base-uri', 'form-action', 'frame-ancestors'])
    expect(policy.get(name)).toBe("'none'")
  expect(policy.get('require-trusted-types-for')).toBe("'script'")
  expect(policy.get('trusted-types')).toBe('icons workers')
})
