import type { AppError } from '../errors.ts'
import type { SealReason } from '../models-seals.ts'
import { shown } from './sentences-words.ts'

type Pair = readonly [english: string, chinese: string]

/** The words for each reason of a seal's state. A part of a sentence. */
const REASONS: Readonly<Record<SealReason, Pair>> = {
  read: ['all of it was read and fits its seal', '已读取全部内容，与防篡改标记一致'],
  'sealed-later': [
    'all of it was read and fits its seal, which was made after the upload',
    '已读取全部内容，与上传后补加的防篡改标记一致',
  ],
  'envelope-missing': [
    'its encryption headers are missing or damaged, though it was sealed',
    '它带有防篡改标记，但加密元数据缺失或损坏',
  ],
  'seal-damaged': ['its seal is damaged', '它的防篡改标记已损坏'],
  'seal-missing': ['its seal was removed', '它的防篡改标记已被移除'],
  replaced: [
    'another object without a seal is in its place',
    '它已被另一个没有防篡改标记的文件替换',
  ],
  key: ['its data key is not the one that was sealed', '它的数据密钥与防篡改标记不符'],
  length: ['its length is not the one that was sealed', '它的长度与防篡改标记不符'],
  content: ['its content is not the one that was sealed', '它的内容与防篡改标记不符'],
  'older-version': [
    'it is an older version than the one that was here last',
    '它比上次在本机看到的版本旧',
  ],
  'other-name': ['it was sealed under another name', '它的防篡改标记属于另一个名称'],
  plain: ['it is not encrypted', '它没有加密'],
  message: ['it is a message of the KMS Encryption SDK', '它是 KMS 加密 SDK 的消息'],
  'never-sealed': ['it has no seal', '它没有防篡改标记'],
  damaged: ['its encryption headers are damaged', '它的加密元数据已损坏'],
  'no-key': ['no master key here fits it', '本机没有匹配的主密钥'],
  'cannot-open': ['no master key here opens it', '本机的主密钥都无法解密它'],
  'tags-unreadable': [
    'its seal may be in its tags, which may not be read',
    '防篡改标记可能在标签中，但没有读取标签的权限',
  ],
  'newer-seal': [
    'a later version of Cipherbucket made its seal',
    '它的防篡改标记由更高版本的 Cipherbucket 生成',
  ],
  'not-read': [
    'it is too large to be verified for a part of it',
    '文件过大，只读取一部分时无法校验',
  ],
  archived: ['it is archived', '它已归档'],
  unreachable: ['OSS did not answer', 'OSS 没有响应'],
}

/** Returns the reason of a seal's state as a sentence: "Its seal was removed." */
export function sealReason(reason: SealReason, language: 'en' | 'zh-CN'): string {
  const [english, chinese] = REASONS[reason]
  return language === 'en'
    ? `${english.charAt(0).toUpperCase()}${english.slice(1)}.`
    : `${chinese}。`
}

type Refused = Extract<AppError, { readonly code: 'seal-refused' }>

/** The advice by the reason; else by the state. */
const ADVICE: Readonly<Partial<Record<SealReason | Refused['state'], Pair>>> = {
  changed: [
    'Someone may have changed it. Restore an earlier version, or upload the file again.',
    '它可能已被他人改动。请恢复历史版本，或重新上传文件。',
  ],
  moved: [
    'If you know who moved it, allow moved objects for this download.',
    '如果你知道是谁移动了它，请在本次下载中允许移动过的文件。',
  ],
  unknown: [
    'Check it again later, or ask the owner of the bucket.',
    '请稍后再试，或联系存储空间的所有者。',
  ],
  'not-read': ['Download the whole object.', '请下载整个文件。'],
  'tags-unreadable': [
    'Ask for the permission oss:GetObjectTagging.',
    '请申请 oss:GetObjectTagging 权限。',
  ],
  'newer-seal': ['Update Cipherbucket.', '请更新 Cipherbucket。'],
}

const NOTHING: Pair = ['', '']

const adviceOf = ({ reason, state }: Refused): Pair => ADVICE[reason] ?? ADVICE[state] ?? NOTHING

/** Sentences of 'seal-refused', in English and in Chinese. */
export const sealRefused = [
  (e: Refused): string =>
    `Nothing of ${shown(e.key)} was kept: ${REASONS[e.reason][0]}. ${adviceOf(e)[0]}`,
  (e: Refused): string =>
    `没有保留 ${shown(e.key)} 的任何内容：${REASONS[e.reason][1]}。${adviceOf(e)[1]}`,
] as const

type Second = Extract<AppError, { readonly code: 'second-key' }>

const SECOND: Readonly<Record<Second['problem'], Pair>> = {
  damaged: ['its second key is damaged', '它的第二密钥已损坏'],
  newer: [
    'a later version of Cipherbucket made its second key',
    '它的第二密钥由更高版本的 Cipherbucket 生成',
  ],
  'no-seal': [
    'it has no seal, so nothing shows that its second key belongs to it',
    '它没有防篡改标记，无法确认第二密钥属于它',
  ],
}

/** Sentences of 'second-key', in English and in Chinese. */
export const secondKey = [
  (e: Second): string =>
    `No master key here opens ${shown(e.key)}, and ${SECOND[e.problem][0]}. Use the master key that encrypted it.`,
  (e: Second): string =>
    `本机的主密钥都无法解密 ${shown(e.key)}，而且${SECOND[e.problem][1]}。请使用加密它的主密钥。`,
] as const

type NotSealed = Extract<AppError, { readonly code: 'not-sealed' }>

/** Sentences of 'not-sealed', in English and in Chinese. */
export const notSealed = [
  (e: NotSealed): string =>
    `Nothing of ${shown(e.key)} was kept: ${REASONS[e.reason][0]}, and only sealed objects are allowed. Seal it first, or allow objects without a seal.`,
  (e: NotSealed): string =>
    `没有保留 ${shown(e.key)} 的任何内容：${REASONS[e.reason][1]}，而当前只允许带防篡改标记的文件。请先添加防篡改标记，或允许没有防篡改标记的文件。`,
] as const
