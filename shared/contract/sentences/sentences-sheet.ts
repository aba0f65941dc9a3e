import type { SheetProblem } from '../errors.ts'
import { shown } from './sentences-words.ts'

type Words = Readonly<Record<SheetProblem, (detail: string) => string>>

const ENGLISH: Words = {
  'no-code': (file) =>
    `${shown(file)} shows no code of a recovery sheet that can be read. Scan the sheet flat with at least 200 dpi, or take one photo of each code.`,
  unreadable: (file) =>
    `${shown(file)} cannot be read as a picture. Save the scan or photo as PNG or JPEG.`,
  damaged: () =>
    'A code of the recovery sheet was read with a wrong character. Scan or photograph it again.',
  missing: (numbers) =>
    `The recovery sheet is not complete: code ${numbers} is missing. Add a picture of it.`,
  mixed: () =>
    'These codes are from different recovery sheets. Use the pictures of one sheet at a time, or of sheets made together.',
  'too-few-shares': (detail) => {
    const [here, needed] = detail.split('/')
    return `The key opens with ${needed} sheets, and ${here} can be read. Add pictures of another sheet.`
  },
  'false-share': () =>
    'These sheets do not open the key together. One of them was changed or is from another set. Try another sheet in place of each one.',
  'other-key': (fingerprint) =>
    `The recovery sheet holds a key that is not on this computer (fingerprint ${fingerprint}). Import the key from the sheet to restore it.`,
}

const CHINESE: Words = {
  'no-code': (file) =>
    `${shown(file)} 中没有可识别的恢复单二维码。请平整扫描（不低于 200 dpi），或逐个拍摄二维码。`,
  unreadable: (file) => `无法将 ${shown(file)} 作为图片读取。请将扫描件或照片另存为 PNG 或 JPEG。`,
  damaged: () => '恢复单的一个二维码内容有误。请重新扫描或拍摄。',
  missing: (numbers) =>
    `恢复单不完整：缺少二维码 ${numbers.replaceAll(', ', '、')}。请补充其图片。`,
  mixed: () => '这些二维码来自不同的恢复单。请每次只使用同一恢复单或同一组恢复单的图片。',
  'too-few-shares': (detail) => {
    const [here, needed] = detail.split('/')
    return `需要 ${needed} 份恢复单才能打开密钥，目前只读到 ${here} 份。请补充其他恢复单的图片。`
  },
  'false-share': () =>
    '这些恢复单合在一起无法打开密钥：其中一份被改动过，或属于另一组。请逐份更换后重试。',
  'other-key': (fingerprint) =>
    `恢复单中的密钥不在本机（指纹 ${fingerprint}）。如需恢复，请从恢复单导入该密钥。`,
}

interface SheetError {
  readonly problem: SheetProblem
  readonly detail: string
}

/** Return the sentence of an error of a recovery sheet. */
export const recoverySheet = {
  en: ({ problem, detail }: SheetError): string => ENGLISH[problem](detail),
  'zh-CN': ({ problem, detail }: SheetError): string => CHINESE[problem](detail),
}
