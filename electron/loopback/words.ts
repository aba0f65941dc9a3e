import { createHash } from 'node:crypto'
import type { Language } from '../../shared/contract/sentences/sentences.ts'
import type { RefusalReason } from './guard.ts'

/**
 * The pages that a browser shows instead of the app. All other texts of the app are in the page
 * itself.
 */

type Words = readonly [title: string, body: string]

const ENGLISH: Readonly<Record<RefusalReason | 'not-found', Words>> = {
  'used-link': [
    'This link was already used',
    'Each link opens Cipherbucket once. If it is open in another tab, go there. If not, press Enter in the terminal where Cipherbucket runs and open the new link it prints, or stop it with Ctrl+C and start it again.',
  ],
  'no-session': [
    'Cipherbucket does not know this browser',
    'Cipherbucket was restarted, or this page was opened without its link. Open the last link in the terminal. Press Enter in that terminal to get a new one.',
  ],
  'wrong-origin': [
    'This request came from another page',
    'Cipherbucket answers only its own page. Open the link that the terminal printed.',
  ],
  'wrong-host': [
    'This is not the address of Cipherbucket',
    'Open the link exactly as the terminal printed it. It starts with http://127.0.0.1.',
  ],
  'wrong-method': ['This page has no function', 'Open the link that the terminal printed.'],
  'not-found': ['This page does not exist', 'Open Cipherbucket at the start page of this address.'],
}

const CHINESE: Readonly<Record<RefusalReason | 'not-found', Words>> = {
  'used-link': [
    '此链接已被使用',
    '每个链接只能打开 Cipherbucket 一次。如果它已在其他标签页中打开，请切换过去。否则，请在运行 Cipherbucket 的终端中按回车键，打开新显示的链接；也可以按 Ctrl+C 停止后重新启动。',
  ],
  'no-session': [
    'Cipherbucket 无法识别此浏览器',
    'Cipherbucket 已重新启动，或此页面不是通过链接打开的。请打开终端中最后显示的链接；在该终端中按回车键可获取新链接。',
  ],
  'wrong-origin': [
    '此请求来自其他页面',
    'Cipherbucket 只响应它自己的页面。请打开终端中显示的链接。',
  ],
  'wrong-host': [
    '这不是 Cipherbucket 的地址',
    '请完整打开终端中显示的链接，它以 http://127.0.0.1 开头。',
  ],
  'wrong-method': ['此处无可用操作', '请打开终端中显示的链接。'],
  'not-found': ['页面不存在', '请从此地址的首页打开 Cipherbucket。'],
}

const STYLE =
  ':root{color-scheme:light dark;font:16px/1.6 system-ui,sans-serif}body{max-width:34rem;margin:18vh auto 0;padding:0 1.5rem}h1{font-size:1.4rem}'

/** The policy of these pages: one style sheet, known by its hash, and nothing else. */
export const PLAIN_POLICY = `default-src 'none'; style-src 'sha256-${createHash('sha256').update(STYLE).digest('base64')}'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'`

export function plainPage(reason: RefusalReason | 'not-found', language: Language): string {
  const [title, body] = (language === 'zh-CN' ? CHINESE : ENGLISH)[reason]
  return document(language, title, `<h1>${title}</h1><p>${body}</p>`, '')
}

/**
 * Returns a page that opens the app at once. The navigation starts here, so that the browser sends
 * our cookie.
 */
export function enterPage(): string {
  return document(
    'en',
    'Cipherbucket',
    '<p><a href="/">Cipherbucket</a></p>',
    '<meta http-equiv="refresh" content="0;url=/">',
  )
}

function document(language: string, title: string, body: string, head: string): string {
  return `<!doctype html><html lang="${language}"><meta charset="utf-8">${head}<title>${title}</title><style>${STYLE}</style><body><main>${body}</main></body></html>`
}
