/** Extensions of files that run when a system opens them, or that lead to such a file. */
const EVERYWHERE =
  'action ade adp afploc app appcontent-ms appimage appinstaller applescript application ' +
  'appref-ms appx appxbundle bash bat bin cdxml chm class cmd com command cpl csh deb desktop ' +
  'diagcab dll exe fileloc fish flatpakref ftploc gadget hta inetloc inf ins jar jnlp job jse ' +
  'ksh library-ms lnk mde mobileconfig mpkg msc msi msix msixbundle msp mst msu osax pif pkg ' +
  'prefpane ps1 ps1xml psc1 psd1 psm1 rdp reg rpm run saver scf scpt scptd scr sct search-ms ' +
  'searchconnector-ms settingcontent-ms sh snap terminal theme themepack tool url vb vbe vbs ' +
  'vsto webloc website wflow workflow ws wsc wsf wsh xbap xll xpc zsh'
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
