import { shown, visibleName } from './sentences-words.ts'
import type { AppError, LeftOutReason } from '../errors.ts'
import type { NameRule } from '../object-names.ts'

/**
 * Sentences about typed, chosen and dropped input, in both languages: fields and rules in words.
 */

type Of<C extends AppError['code']> = Extract<AppError, { readonly code: C }>
type Words = readonly [en: string, zh: string]

/** Fields of the routes that people fill in. An error in another field is the app's own mistake. */
const FIELDS: Readonly<Record<string, Words>> = {
  accessKeyId: ['The AccessKey ID', 'AccessKey ID '],
  accessKeySecret: ['The AccessKey secret', 'AccessKey Secret '],
  args: ['An argument of the program', '程序参数'],
  change: ['A header', 'Header '],
  bucket: ['The bucket name', 'Bucket 名称'],
  buckets: ['The bucket name', 'Bucket 名称'],
  cmkId: ['The id of the KMS key', 'KMS 密钥 ID '],
  context: ['The encryption context', '加密上下文'],
  confirmName: ['The typed name', '输入的名称'],
  description: ['The key description', '密钥描述'],
  endpoint: ['The endpoint', 'Endpoint '],
  envelope: ['The encryption headers', '加密信息'],
  envelopeText: ['The pasted headers', '粘贴的加密信息'],
  fileName: ['The file name', '文件名'],
  keys: ['The list of objects', '文件列表'],
  name: ['The name', '名称'],
  parallel: ['The number of parts at the same time', '同时上传的分片数'],
  partSize: ['The part size', '分片大小'],
  passphrase: ['The passphrase', '口令'],
  path: ['The path', '路径'],
  paths: ['The path', '路径'],
  program: ['The program', '程序'],
  range: ['The range', '范围'],
  region: ['The region', '地域'],
  securityToken: ['The security token', 'SecurityToken '],
  speedLimit: ['The speed limit', '限速'],
  timeoutSeconds: ['The time for one answer', '单次应答的时限'],
  trafficLimit: ['The traffic limit', '带宽限制'],
  uploadId: ['The upload id', '上传 ID '],
  wrapAlgorithm: ['The wrap algorithm', '数据密钥加密算法'],
  format: ['The format', '格式'],
  writes: ['The format', '格式'],
}

/**
 * Returns the words for the field that a detail such as `profiles.session: buckets.0` names. The
 * innermost field with a name for people counts.
 */
function fieldOf(detail: string): Words | null {
  const [first = ''] = detail
    .slice(detail.indexOf(':') + 1)
    .trim()
    .split(', ')
  const name = first.split('.').findLast((part) => Object.hasOwn(FIELDS, part)) ?? ''
  return FIELDS[name] ?? null
}

const NOT_ALLOWED: Words = [
  'Cipherbucket could not do this (internal error). Please update it, or report this with the details.',
  '内部错误：请求无效。请更新 Cipherbucket；如果问题仍然存在，请复制详情并反馈。',
]

function rule({ rule, limit = 0 }: Of<'bad-request'>): Words {
  switch (rule) {
    case 'empty':
      return ['is missing', '缺失']
    case 'too-short':
      return [`has fewer than ${limit} characters`, `少于 ${limit} 个字符`]
    case 'too-long':
      return [`has more than ${limit} characters`, `多于 ${limit} 个字符`]
    case 'too-small':
      return [`is below ${limit}`, `小于 ${limit}`]
    case 'too-large':
      return [`is above ${limit}`, `大于 ${limit}`]
    case 'too-many':
      return [`has more than ${limit} entries`, `多于 ${limit} 项`]
    case 'not-text':
      return ['is not text: half a character is in it', '不是文本：其中有半个字符']
    default:
      return ['is not valid', '无效']
  }
}

export const badRequest: Sayings<'bad-request'> = [
  (e) => said(e, 0, (field, how) => `${field} ${how}. Check it, then try again.`),
  (e) => said(e, 1, (field, how) => `${field}${how}。请检查后重试。`),
]

function said(
  error: Of<'bad-request'>,
  language: 0 | 1,
  say: (field: string, how: string) => string,
): string {
  const field = fieldOf(error.detail)
  return field === null ? NOT_ALLOWED[language] : say(field[language], rule(error)[language])
}

type Sayings<C extends AppError['code']> = readonly [
  en: (error: Of<C>) => string,
  zh: (error: Of<C>) => string,
]

const NAMES: Readonly<Record<NameRule, Words>> = {
  empty: ['is empty', '为空'],
  slash: ['begins with /', '以 / 开头'],
  backslash: ['begins with \\', '以 \\ 开头'],
  'too-long': ['is longer than 1,023 bytes', '超过 1,023 字节'],
  'not-text': ['is not text: half a character is in it', '不是文本：其中有半个字符'],
}

export const badName: Sayings<'bad-name'> = [
  (e) =>
    `The name ${shown(e.name)} ${NAMES[e.rule][0]}. An object’s name has 1 to 1,023 bytes of UTF-8 and begins with neither / nor \\. Choose another one.`.replace(
      '  ',
      ' ',
    ),
  (e) =>
    `名称 ${shown(e.name)} ${NAMES[e.rule][1]}。文件（Object）名称为 1 到 1,023 字节的 UTF-8，不能以 / 或 \\ 开头。请换一个名称。`.replace(
      '  ',
      ' ',
    ),
]

/** The reason why a file is not uploaded, as a note beside the file's name. */
const LEFT_OUT: Readonly<Record<LeftOutReason, Words>> = {
  symlink: ['a symbolic link', '符号链接'],
  'not-a-file': ['a pipe, socket or device', '管道、套接字或设备'],
  unreadable: ['it may not be read', '没有读取权限'],
  gone: ['it is gone', '已不存在'],
  'name-not-utf8': ['its name is not UTF-8', '名称不是 UTF-8'],
  'name-too-long': ['its name has more than 1,023 bytes', '名称超过 1,023 字节'],
  'name-not-allowed': ['its name begins with / or \\', '名称以 / 或 \\ 开头'],
}

/** Returns the text of {@link LEFT_OUT} in one language. */
export const leftOutWord = (reason: LeftOutReason, language: 'en' | 'zh-CN'): string =>
  LEFT_OUT[reason][language === 'en' ? 0 : 1]

export const leftOut: Sayings<'left-out'> = [
  (e) =>
    e.count === 1
      ? `${visibleName(e.path)} was left out, because ${because(e.reason)}. All else is uploaded. Correct that, then upload it again.`
      : `${e.count} files or folders were left out. The first is ${visibleName(e.path)}, because ${because(e.reason)}. All else is uploaded. Correct that, then upload them again.`,
  (e) =>
    e.count === 1
      ? `${visibleName(e.path)} 未上传：${LEFT_OUT[e.reason][1]}。其余均已上传。请处理后重新上传。`
      : `有 ${e.count} 个文件或文件夹未上传。第一个是 ${visibleName(e.path)}：${LEFT_OUT[e.reason][1]}。其余均已上传。请处理后重新上传。`,
]

const because = (reason: LeftOutReason): string =>
  reason === 'symlink' || reason === 'not-a-file'
    ? `it is ${LEFT_OUT[reason][0]}`
    : LEFT_OUT[reason][0]

export const oneKeyForTwo: Sayings<'one-key-for-two'> = [
  (e) =>
    `${visibleName(e.first)} and ${visibleName(e.second)} would both become ${shown(e.key)}${e.count > 1 ? `, and ${e.count - 1} more names are so` : ''}. Nothing was sent. Choose Rename to keep both, or upload them to different folders.`,
  (e) =>
    `${visibleName(e.first)} 和 ${visibleName(e.second)} 都会成为 ${shown(e.key)}${e.count > 1 ? `，另有 ${e.count - 1} 个名称也是如此` : ''}。没有发送任何内容。请选择“重命名”以保留两者，或上传到不同的文件夹。`,
]

export const fileDamaged: Sayings<'file-damaged'> = [
  (e) =>
    e.kept === null
      ? `${visibleName(e.path)} is damaged, cannot be read, or is of a later version. It was not changed. Restore it from a backup, or update the app.`
      : `${visibleName(e.path)} was damaged, could not be read, or is of a later version. It was set aside as ${visibleName(e.kept)}, and the app continues without it. Restore it from a backup, or set up its contents again.`,
  (e) =>
    e.kept === null
      ? `${visibleName(e.path)} 已损坏、无法读取，或来自更新的版本。它保持原样。请从备份恢复，或更新应用。`
      : `${visibleName(e.path)} 已损坏、无法读取，或来自更新的版本。它已移至 ${visibleName(e.kept)}，应用将不使用它。请从备份恢复，或重新设置其中的内容。`,
]

export const weakPassphrase: Sayings<'weak-passphrase'> = [
  (e) =>
    `This passphrase is too easy to guess. It alone protects the file, and a copy of the file can be tried on any computer. Choose at least ${e.least} characters, not all alike.`,
  (e) =>
    `此口令太容易猜到。文件只靠它保护，而文件的副本可在任何计算机上反复尝试。请使用至少 ${e.least} 个字符，且不要全部相同。`,
]
