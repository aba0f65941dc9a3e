import {
  FINDING_SEVERITY,
  type AuditForm,
  type Finding,
  type FindingName,
  type FindingSeverity,
} from '../models-audit.ts'
import type { Language } from './sentences.ts'
import { shown } from './sentences-words.ts'

type Pair = readonly [english: string, chinese: string]
type Sentences = {
  readonly [N in FindingName]: (finding: Extract<Finding, { readonly name: N }>) => Pair
}

const SENTENCES: Sentences = {
  plain: () => ['Not encrypted.', '未加密。'],
  'replaced-by-plain': () => [
    'Not encrypted, and an encrypted object of this name was here before. Somebody may have replaced it.',
    '未加密，而此名称之前是加密的文件，可能已被他人替换。',
  ],
  'public-plain': ({ acl }) => [
    `Not encrypted, and everybody can read it: the ACL is ${shown(acl)}.`,
    `未加密，且任何人都可以读取：读写权限（ACL）为 ${shown(acl)}。`,
  ],
  damaged: ({ header, problem }) => [
    `The encryption headers are incomplete: ${shown(header)} is ${problem === 'missing' ? 'missing' : 'not valid'}. Restore the headers from a copy.`,
    `加密元数据不完整：${shown(header)} ${problem === 'missing' ? '缺失' : '无效'}。请用副本恢复元数据。`,
  ],
  'unknown-description': ({ description }) =>
    description === ''
      ? [
          'No key here fits, and the object names none. Import its master key.',
          '本机没有匹配的密钥，且文件未指明密钥。请导入其主密钥。',
        ]
      : [
          `No key here has the description ${shown(description)}. Import that master key.`,
          `本机没有描述为 ${shown(description)} 的密钥。请导入该主密钥。`,
        ],
  unsupported: ({ format }) => [
    `This version cannot read the format: ${FORMATS[format][0]}.`,
    `此版本不支持该格式：${FORMATS[format][1]}。`,
  ],
  'old-format': () => [
    'Written in the old format V1. It can be read; new uploads use V2.',
    '使用旧格式 V1 写入。仍可读取；新上传使用 V2。',
  ],
  'weak-key': ({ bits }) => [
    `An RSA key of ${bits} bits protects the data key. Encrypt it again with a key of 2048 bits or more.`,
    `数据密钥由 ${bits} 位的 RSA 密钥保护。请用 2048 位或以上的密钥重新加密。`,
  ],
  'broken-key': () => [
    'Anybody can compute the private half of its master key. Encrypt it again with another key.',
    '任何人都可以推算出其主密钥的私钥。请用其他密钥重新加密。',
  ],
  'inconsistent-size': ({ declared, size }) => [
    `The encryption headers say ${declared} bytes, and ${size} are stored. It was cut off, or the headers belong to another object.`,
    `加密元数据记录为 ${declared} 字节，实际存储 ${size} 字节。文件被截断，或元数据属于其他文件。`,
  ],
  'java-damage': () => [
    'A Java SDK may have split this file differently than it declared. Download it with the repair, and compare.',
    'Java SDK 可能未按声明的大小分片。请使用修复方式下载并核对。',
  ],
  'shared-data-key': (finding) => [
    `${shown(finding.with.key)} in ${shown(finding.with.bucket)} uses the same data key for other content. A reader who knows one content can derive the other. Encrypt one of them again.`,
    `${shown(finding.with.bucket)} 中的 ${shown(finding.with.key)} 用相同的数据密钥加密了不同内容。知道其中一份内容即可推算另一份。请重新加密其中之一。`,
  ],
  'copied-data-key': (finding) => [
    `A copy of ${shown(finding.with.key)} in ${shown(finding.with.bucket)}, with the same data key.`,
    `与 ${shown(finding.with.bucket)} 中的 ${shown(finding.with.key)} 互为副本，数据密钥相同。`,
  ],
  'plaintext-md5': () => [
    'The MD5 of the content is in the metadata, so guesses about the content can be confirmed.',
    '元数据中有内容的 MD5，他人可据此验证对内容的猜测。',
  ],
  unread: () => [
    'Its headers could not be read, or it was deleted since it was listed.',
    '无法读取其元数据，或列举之后已被删除。',
  ],
  'acl-unread': () => ['Its ACL could not be read.', '无法读取其读写权限（ACL）。'],
}

/** Returns the sentence of a finding. */
export function findingSentence(finding: Finding, language: Language): string {
  const pair = (SENTENCES[finding.name] as (one: Finding) => Pair)(finding)
  return pair[language === 'zh-CN' ? 1 : 0]
}

/** The names of the ways in which objects are stored. */
const FORMATS: Readonly<Record<AuditForm, Pair>> = {
  plain: ['not encrypted', '未加密'],
  damaged: ['damaged', '已损坏'],
  unread: ['not read', '未读取'],
  v1: ['V1', 'V1'],
  v2: ['V2, RSA', 'V2，RSA'],
  'v2-oaep': ['V2, RSA with OAEP', 'V2，RSA（OAEP）'],
  'v2-kms': ['V2, KMS', 'V2，KMS'],
  'v2-custom': ['V2, a key of somebody’s own making', 'V2，自定义密钥'],
  'sdk-split': ['message with its header in the metadata', '消息，头在元数据中'],
  'sdk-message': ['message', '消息'],
  'sdk-stream': ['message written as a stream', '流式消息'],
  'sdk-external': ['message with its header elsewhere', '消息，头在别处'],
  'sdk-sm4': ['message under SM4', '使用 SM4 的消息'],
}

/** The names of the severities. */
const SEVERITIES: Readonly<Record<FindingSeverity, Pair>> = {
  error: ['Error', '错误'],
  missing: ['Missing', '缺失'],
  hint: ['Hint', '提示'],
}

/** Returns the name of the way in which an object is stored. */
export const formWords = (form: AuditForm, language: Language): string =>
  FORMATS[form][language === 'zh-CN' ? 1 : 0]

/** Returns the word for the severity of a finding. */
export const severityWord = (name: FindingName, language: Language): string =>
  SEVERITIES[FINDING_SEVERITY[name]][language === 'zh-CN' ? 1 : 0]
