/** Extensions of files that run when a system opens them, or that lead to such a file. */
const EVERYWHERE =
  'app appimage application appref-ms applescript action bat bin chm cmd com command cpl desktop ' +
  'dll exe gadget hta inf ins jar jnlp jse lnk mpkg msc msi msix msp pif pkg ps1 psm1 reg run scf ' +
  'scpt scptd scr sct settingcontent-ms sh terminal tool url vb vbe vbs webloc wflow workflow ws ' +
  'wsc wsf wsh xll'
/** Scripts that Windows runs, and that other systems open in an editor. */
const ON_WINDOWS = 'js py pyc pyw pyz pyzw rb pl'

const sets = {
  everywhere: new Set(EVERYWHERE.split(' ')),
  onWindows: new Set(ON_WINDOWS.split(' ')),
}

/**
 * Tells whether the system would run a file of this name instead of showing it. Spaces and dots at
 * the end count for nothing, as on Windows.
 */
export function wouldRun(name: string, platform: NodeJS.Platform): boolean {
  const extension = /\.([^.]*)$/.exec(name.replace(/[ .]+$/, ''))?.[1]?.toLowerCase() ?? ''
  return sets.everywhere.has(extension) || (platform === 'win32' && sets.onWindows.has(extension))
}
