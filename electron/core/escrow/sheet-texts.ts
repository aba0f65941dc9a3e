import type { DrawnCode, RecoverySheet } from './recovery-sheet.ts'

/** The words of a recovery sheet in one language. */
export interface SheetTexts {
  readonly title: string
  readonly place: (sheet: RecoverySheet) => string
  readonly keep: string
  readonly warning: (sheet: RecoverySheet) => string
  readonly name: string
  readonly description: string
  readonly fingerprint: string
  readonly made: string
  readonly code: (code: DrawnCode) => string
  readonly checkWords: string
  readonly withApp: string
  readonly appSteps: (sheet: RecoverySheet) => readonly string[]
  readonly withoutApp: string
  readonly readCodes: string
  readonly openKey: (sheet: RecoverySheet) => string
  readonly openObject: string
  readonly secondCopy: string
  readonly readBack: string
}

/**
 * Returns the command that restores a key. The name and the description stand for those that the
 * sheet shows. Without its description, a restored key fits no object by itself.
 */
export const restoreCommand = ({ description }: RecoverySheet['facts']): string =>
  `cipherbucket keys unescrow SCAN.png --import --name NAME${description === '' ? '' : ' --description DESCRIPTION'}`

export const ENGLISH: SheetTexts = {
  title: 'Recovery sheet',
  place: ({ share }) =>
    share === null
      ? 'Cipherbucket, sheet 1 of 1'
      : `Cipherbucket, sheet ${share.number} of ${share.count}, any ${share.threshold} open`,
  keep: 'Keep this sheet.',
  warning: ({ share }) =>
    share === null
      ? 'Together with its passphrase it opens every file encrypted with the key below. Without the passphrase nobody can use it. Do not write the passphrase on it.'
      : `Any ${share.threshold} of the ${share.count} sheets together open every file encrypted with the key below. They need no passphrase. Keep each sheet in another place.`,
  name: 'Master key',
  description: 'Key description',
  fingerprint: 'Fingerprint',
  made: 'Made',
  code: ({ role, number, count }) =>
    role === 'key'
      ? `Code ${number} of ${count}`
      : role === 'share'
        ? 'Share'
        : 'Check of the shares',
  checkWords: 'Check words',
  withApp: 'With Cipherbucket',
  appSteps: ({ share, facts }) => [
    `Scan or photograph ${share === null ? 'this sheet' : `${share.threshold} sheets of the set`}.`,
    `Restore the key, with the scans, the name and the description of this sheet: ${restoreCommand(facts)}`,
    `${share === null ? 'Enter the passphrase. ' : ''}The check words must be the same as above.`,
  ],
  withoutApp: 'Without Cipherbucket',
  readCodes:
    'Read each code with any QR reader. Save the texts as codes.txt, and this program as sheet.py. It needs Python 3 and OpenSSL:',
  openKey: ({ share }) =>
    share === null
      ? 'Then open the key with its passphrase. The last line must show the fingerprint:'
      : `Save the codes of ${share.threshold} sheets. The program prints the passphrase of the key. The last line must show the fingerprint:`,
  openObject:
    'One object, from its headers x-oss-meta-client-side-encryption-key and -start, saved as key.txt and start.txt:',
  secondCopy: 'Where is the second copy?',
  readBack: 'Read back on:',
}

export const CHINESE: SheetTexts = {
  title: '密钥恢复单',
  place: ({ share }) =>
    share === null
      ? 'Cipherbucket，第 1 份，共 1 份'
      : `Cipherbucket，第 ${share.number} 份，共 ${share.count} 份，任意 ${share.threshold} 份可恢复`,
  keep: '请妥善保管。',
  warning: ({ share }) =>
    share === null
      ? '此单加上口令即可解密用下列密钥加密的所有文件。没有口令，拾到此单的人无法使用。请勿在此单上写口令。'
      : `${share.count} 份恢复单中任意 ${share.threshold} 份合在一起即可解密用下列密钥加密的所有文件，无需口令。请将每份存放在不同的地方。`,
  name: '主密钥',
  description: '密钥描述',
  fingerprint: '指纹',
  made: '制作时间',
  code: ({ role, number, count }) =>
    role === 'key' ? `二维码 ${number} / ${count}` : role === 'share' ? '份额' : '份额校验',
  checkWords: '校验词',
  withApp: '使用 Cipherbucket 恢复',
  appSteps: ({ share, facts }) => [
    `扫描或拍摄${share === null ? '此单' : `同组的 ${share.threshold} 份恢复单`}。`,
    `恢复密钥，填入扫描件、本单上的名称和描述：${restoreCommand(facts)}`,
    `${share === null ? '输入口令。' : ''}校验词须与上方一致。`,
  ],
  withoutApp: '不使用 Cipherbucket 恢复',
  readCodes:
    '用任意扫码工具读取每个二维码，将文本保存为 codes.txt，并将以下程序保存为 sheet.py。需要 Python 3 和 OpenSSL：',
  openKey: ({ share }) =>
    share === null
      ? '然后用口令打开密钥。最后一行须显示上方的指纹：'
      : `请保存 ${share.threshold} 份恢复单的二维码。程序会显示密钥的口令。最后一行须显示上方的指纹：`,
  openObject:
    '解密一个文件：将其 Header x-oss-meta-client-side-encryption-key 和 -start 的值分别保存为 key.txt 和 start.txt：',
  secondCopy: '第二份存放于：',
  readBack: '扫描验证日期：',
}

/** Returns a time as a sheet prints it, in UTC to the minute. */
export const sheetTime = (iso: string): string => `${iso.slice(0, 16).replace('T', ' ')} UTC`

/** Returns a fingerprint in groups of four digits. */
export const grouped = (fingerprint: string): string => fingerprint.replace(/.{4}(?=.)/g, '$& ')
