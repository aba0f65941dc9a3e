import { bilingualPage, both as bothTexts, escaped } from '../base/html-text.ts'
import type { DrawnCode, RecoverySheet } from './recovery-sheet.ts'
import { OPEN_KEY, OPEN_OBJECT, readProgram } from './sheet-recipe.ts'
import { CHINESE, ENGLISH, grouped, sheetTime, type SheetTexts } from './sheet-texts.ts'

const STYLE = `
@page { size: A4; margin: 14mm 16mm }
* { box-sizing: border-box }
body { margin: 0 auto; max-width: 178mm; color: #000; background: #fff; font: 10pt/1.45 system-ui, sans-serif }
header { display: flex; justify-content: space-between; align-items: baseline }
h1 { font-size: 20pt; margin: 4mm 0 } h2 { font-size: 11pt; margin: 4mm 0 1mm }
.keep { border: 1px solid #000; padding: 2mm 3mm }
dl { display: grid; grid-template-columns: 32mm 1fr; gap: 1mm; margin: 4mm 0 } dd { margin: 0; overflow-wrap: anywhere }
code, pre, dd.mono, .words { font-family: ui-monospace, monospace; font-size: 8pt }
.codes { display: flex; flex-wrap: wrap; gap: 8mm 9mm }
figure { margin: 0; width: 53mm; text-align: center; break-inside: avoid; font-size: 9pt }
svg { width: 53mm; height: 53mm; display: block; margin-bottom: 3mm }
.words { display: flex; gap: 3mm; font-size: 10pt; padding: 0; list-style: none } .words li { border: 1px solid #000; padding: 1mm 3mm }
pre { border: 1px solid #000; padding: 2mm; margin: 1mm 0 2mm; white-space: pre-wrap; overflow-wrap: anywhere; break-inside: avoid }
ol { margin: 1mm 0; padding-left: 6mm } p { margin: 1mm 0 }
footer { display: flex; justify-content: space-between; margin-top: 6mm; border-top: 1px solid #000; padding-top: 2mm }
.line { display: inline-block; width: 40mm; border-bottom: 1px solid #000 }
.break { break-before: page }
`

/**
 * Writes a sheet as one page of HTML without a script, for a screen and for A4 paper. It holds both
 * languages, and the reader chooses one. `language`: the one that is shown first.
 */
export function sheetHtml(sheet: RecoverySheet, language: 'en' | 'zh-CN'): string {
  const both = (text: (texts: SheetTexts) => string): string =>
    bothTexts([text(ENGLISH), text(CHINESE)])
  const { facts } = sheet
  const fact = (label: (texts: SheetTexts) => string, value: string): string =>
    `<dt>${both(label)}</dt><dd class="mono">${escaped(value)}</dd>`
  const steps = ENGLISH.appSteps(sheet).map(
    (_, i) => `<li>${both((texts) => texts.appSteps(sheet)[i] ?? '')}</li>`,
  )
  const box = (lines: readonly string[]): string => `<pre>${escaped(lines.join('\n'))}</pre>`
  const body = `<header><h1>${both(({ title }) => title)}</h1><div>${both(({ place }) => place(sheet))}</div></header>
<div class="keep"><strong>${both(({ keep }) => keep)}</strong> ${both(({ warning }) => warning(sheet))}</div>
<dl>
${fact(({ name }) => name, facts.name)}
${fact(({ description }) => description, facts.description)}
${fact(({ fingerprint }) => fingerprint, grouped(facts.fingerprint))}
${fact(({ made }) => made, `${sheetTime(facts.made)} · RSA-${facts.bits}`)}
</dl>
<div class="codes">
${sheet.codes.map((code) => `<figure>${svg(code)}${both((texts) => texts.code(code))}</figure>`).join('\n')}
</div>
<h2>${both(({ checkWords }) => checkWords)}</h2>
<ol class="words">${sheet.words.map((word) => `<li>${word}</li>`).join('')}</ol>
<footer><span>${both(({ secondCopy }) => secondCopy)} <span class="line"></span></span><span>${both(({ readBack }) => readBack)} <span class="line"></span></span></footer>
<h2 class="break">${both(({ withApp }) => withApp)}</h2>
<ol>${steps.join('')}</ol>
<h2>${both(({ withoutApp }) => withoutApp)}</h2>
<p>${both(({ readCodes }) => readCodes)}</p>
${box(readProgram(sheet.share !== null))}
<p>${both(({ openKey }) => openKey(sheet))}</p>
${box(OPEN_KEY)}
<p>${both(({ openObject }) => openObject)}</p>
${box(OPEN_OBJECT)}`
  return bilingualPage([ENGLISH.title, CHINESE.title], STYLE, body, language)
}

/** Draws a code as one path: a run of black modules is a rectangle. */
function svg({ modules, text }: DrawnCode): string {
  const path = modules.map((row, y) =>
    runsOf(row)
      .map(([x, length]) => `M${x} ${y}h${length}v1h-${length}z`)
      .join(''),
  )
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${modules.length} ${modules.length}" shape-rendering="crispEdges" role="img" aria-label="${escaped(text)}"><path d="${path.join('')}"/></svg>`
}

function runsOf(row: readonly boolean[]): readonly (readonly [start: number, length: number])[] {
  return [
    ...row
      .map((black) => (black ? '1' : '0'))
      .join('')
      .matchAll(/1+/g),
  ].map(({ index, 0: run }) => [index, run.length])
}
