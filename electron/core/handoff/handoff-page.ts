import { createHash } from 'node:crypto'
import type { Handoff } from './handoff-box.ts'
import READER from './page/page-reader.js?raw'
import PROGRAM from './page/page-script.js?raw'
import STYLE from './page/page-style.css?raw'
import TEXTS from './page/page-texts.js?raw'

const SCRIPT = TEXTS + READER + PROGRAM

/**
 * Writes the page that the receiver opens in any browser. It may run only its own program, and may
 * connect only to the origin of its link. The program writes no HTML. Source FORMAT.md 13.3.
 */
export function handoffPage(handoff: Handoff): string {
  const policy = [
    `default-src 'none'`,
    `script-src 'sha256-${hashOf(SCRIPT)}'`,
    `style-src 'sha256-${hashOf(STYLE)}'`,
    `connect-src ${new URL(handoff.link).origin}`,
    `form-action 'none'`,
    `base-uri 'none'`,
    `require-trusted-types-for 'script'`,
  ].join('; ')
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="referrer" content="no-referrer">
<meta name="viewport" content="width=device-width">
<title>Cipherbucket</title>
<style>${STYLE}</style>
</head>
<body>
<main>
<p class="kind" data-text="kind"></p>
<h1 id="name"></h1>
<p class="facts"><span id="size"></span> · <span id="until"></span></p>
<form id="form">
<label id="label" for="typed"></label>
<input id="typed" type="text" autocomplete="off" autocapitalize="none" spellcheck="false" autofocus>
<details id="command" hidden>
<summary data-text="command"></summary>
<p data-text="commandHow"></p>
<pre id="openssl" tabindex="0"></pre>
</details>
<label for="chosen" data-text="choose"></label>
<input id="chosen" type="file">
<button id="open" data-text="open"></button>
</form>
<progress id="bar" hidden aria-labelledby="status"></progress>
<p id="status" role="status"></p>
<p><a id="link" data-text="encrypted" rel="noreferrer" hidden></a></p>
<button id="again" type="button" data-text="again" hidden></button>
<details>
<summary data-text="what"></summary>
<p data-text="what1"></p>
<p data-text="what2"></p>
<p data-text="what3"></p>
</details>
<noscript>This page needs JavaScript. 此页面需要 JavaScript。</noscript>
</main>
<script type="application/json" id="facts">${json(handoff)}</script>
<script>${SCRIPT}</script>
</body>
</html>
`
}

const hashOf = (text: string): string => createHash('sha256').update(text).digest('base64')

/** No name in the JSON can end the element that holds it. */
const json = (handoff: Handoff): string => JSON.stringify(handoff).replaceAll('<', '\\u003c')
