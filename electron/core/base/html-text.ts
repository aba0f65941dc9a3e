import { createHash } from 'node:crypto'

/** Returns a text for the content of an element, or for an attribute in double quotes. */
export function escaped(text: string): string {
  const marks: Readonly<Record<string, string>> = {
    '&': '&amp;',
    '<': '&lt;',
    '>': '&gt;',
    '"': '&quot;',
  }
  return text.replace(/[&<>"]/g, (mark) => marks[mark] ?? mark)
}

/** A text in both languages of the app. */
export type Bilingual = readonly [english: string, chinese: string]

/** Returns both texts. {@link bilingualPage} shows one of them. */
export const both = ([english, chinese]: Bilingual): string =>
  `<span lang="en">${escaped(english)}</span><span lang="zh-CN">${escaped(chinese)}</span>`

/** The style that shows one language, and hides the choice on paper. */
const LANGUAGES = `
.choice { margin: 4mm 0 }
@media print { .choice { display: none } }
body:has(#zh-CN:checked) :lang(en), body:has(#en:checked) :lang(zh-CN) { display: none }
`

/**
 * Writes one page of HTML without a script, for a screen and for paper. It holds both languages,
 * and the reader chooses one. `body`: escaped HTML. `language`: the one that is shown first.
 */
export function bilingualPage(
  title: Bilingual,
  style: string,
  body: string,
  language: 'en' | 'zh-CN',
): string {
  const whole = style + LANGUAGES
  const hash = createHash('sha256').update(whole).digest('base64')
  const choice = (id: string, label: string): string =>
    `<label><input type="radio" name="language" id="${id}"${id === language ? ' checked' : ''}> ${label}</label>`
  return `<!doctype html>
<html>
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'sha256-${hash}'; form-action 'none'; base-uri 'none'">
<meta name="referrer" content="no-referrer">
<meta name="viewport" content="width=device-width">
<title>${title.map(escaped).join(' · ')}</title>
<style>${whole}</style>
</head>
<body>
<div class="choice">${choice('en', 'English')} ${choice('zh-CN', '中文')}</div>
${body}
</body>
</html>
`
}
