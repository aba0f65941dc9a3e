import {
  bytes,
  headerWord,
  isBucketDomain,
  permission,
  shown,
  type Sentences,
} from './sentences-words.ts'
import { isDistrust } from './errors.ts'
import { WRITES } from './write-formats.ts'
import {
  badName,
  badRequest,
  fileDamaged,
  leftOut,
  oneKeyForTwo,
  weakPassphrase,
} from './sentences-input.ts'
import type {
  AppError,
  BadAnswer,
  CommandProblem,
  DescriptionProblem,
  FormatName,
  KeyImportProblem,
  KmsKeyProblem,
  Obstacle,
} from './errors.ts'

type Of<C extends AppError['code']> = Extract<AppError, { readonly code: C }>

const WHAT: Readonly<Record<Of<'not-found'>['what'], string>> = {
  object: '文件',
  bucket: 'Bucket',
  profile: '账号配置',
  'master-key': '主密钥',
  transfer: '传输任务',
  grant: '所选的文件或文件夹',
  plan: '上传计划',
  upload: '分片上传',
}

const HEADER: Readonly<Record<string, string>> = {
  key: '加密后的数据密钥',
  start: '加密后的初始向量（start）',
  'cek-alg': '内容加密算法',
  'wrap-alg': '数据密钥加密算法',
  matdesc: '密钥描述',
}

const FORMAT: Readonly<Record<FormatName, string>> = {
  v1: 'V1 格式',
  v2: 'V2 格式',
  'v2-kms': '使用 KMS 密钥的 V2 格式',
  'v2-oaep': '使用 OAEP 的 V2 格式',
  'v2-custom': '使用自定义算法的 V2 格式',
  'sdk-split': ' KMS Encryption SDK ',
  'sdk-message': ' KMS Encryption SDK ',
  'sdk-stream': ' KMS Encryption SDK ',
  'sdk-external': ' KMS Encryption SDK（数据密钥在凭据库中）',
  'sdk-sm4': ' KMS Encryption SDK（SM4）',
}

const DAMAGE: Readonly<Record<Of<'message-damaged'>['part'], string>> = {
  header:
    '消息头被改动：认证标签不匹配，未保存任何内容。如果 Bucket 开启了版本控制，请恢复历史版本。',
  content: '内容被改动：认证标签不匹配，未保存任何内容。请重新下载；若再次发生，请恢复历史版本。',
  ending: '内容被改动或不完整：结尾无效，未保存任何内容。请重新下载；若再次发生，请恢复历史版本。',
  shape:
    '不是有效的 KMS Encryption SDK 消息，未保存任何内容。如果以前是有效的消息，请恢复历史版本；否则请直接下载，不要解密。',
}

const KMS_KEY: Readonly<Record<KmsKeyProblem, (name: string) => string>> = {
  'not-found': (name) =>
    `KMS 在此地域没有 ${name} 的密钥。请在“主密钥”页检查密钥 ID、地域和 Endpoint。`,
  disabled: (name) => `${name} 的 KMS 密钥已禁用。请在 KMS 控制台启用后重试。`,
  deleting: (name) =>
    `${name} 的 KMS 密钥即将被删除。请立即在 KMS 控制台取消删除：删除后，用它加密的内容都无法解密。`,
  'wrong-use': (name) => `${name} 的 KMS 密钥不能用于加密和解密。请选择对称密钥。`,
  'cannot-open': (name) =>
    `KMS 无法用 ${name} 解密数据密钥：可能使用了其他密钥、地域、口令或上下文，或加密信息已被改动。请在“主密钥”页检查。`,
}

const COMMAND: Readonly<Record<CommandProblem, (detail: string) => string>> = {
  'not-started': (detail) => `无法启动（${detail}）。请检查文件是否存在并可执行。`,
  'timed-out': (detail) =>
    `在 ${detail} 秒内没有响应，已被终止。请在终端中试运行，或延长超时时间。`,
  exited: (detail) => `没有返回结果就退出了（${detail}）。请在终端中试运行。`,
  'not-json': () => '没有返回包含 base64 字段 "bytes" 的 JSON 对象。请在终端中查看它的输出。',
  'wrong-length': (detail) => `返回了 ${detail} 字节，长度无效。请在终端中试运行。`,
  'too-much': () => '输出过长，已被终止。请在终端中查看它的输出。',
  'not-wrapped': () => '返回了未加密的数据密钥，因此没有用它加密任何内容。请修正程序后重试。',
  refused: (detail) => `拒绝了请求：“${detail}”。`,
}

const KINDS: Readonly<Record<Of<'format-not-for-key'>['kind'], string>> = {
  rsa: 'RSA 密钥',
  kms: 'KMS 密钥',
  command: '外部程序',
}

const ENVELOPE_FILE: Readonly<
  Record<Of<'envelope-file'>['problem'], (file: string, part: string, count: number) => string>
> = {
  several: (file, _, count) => `${file} 中有 ${count} 份不同的加密信息。请只保留此文件的加密信息。`,
  missing: (file, part) =>
    `${file} 中没有${part}。请复制文件的全部 Header 后重试。OSS 中的文件未被检查。`,
  unreadable: (file, part) =>
    `${file} 中的${part}无法读取，或不完整。请重新复制 Header。OSS 中的文件未被检查。`,
  cut: (file) => `${file} 中的加密值太短，已被截断。请重新复制 Header。OSS 中的文件未被检查。`,
  'too-large': (file) => `${file} 太大，不可能是加密信息。请选择与文件一同保存的 .ossenv.json。`,
}

const IMPORT: Readonly<Record<KeyImportProblem, string>> = {
  'not-a-key': '此文件中没有可读取的密钥，或只有一部分。请选择 PEM 或 PKCS#12 文件。',
  'not-rsa': '此密钥不是 RSA 密钥。只能导入 RSA 密钥作为主密钥，请另选文件。',
  'needs-passphrase': '此文件受口令保护，请输入口令。',
  'wrong-passphrase': '口令不正确。请重新输入，注意大小写。',
  'openssh-closed':
    '此 OpenSSH 密钥受口令保护，当前版本不支持其加密方式。请将其副本转换为 PEM：ssh-keygen -p -m PEM -f 副本。',
  'halves-differ': '此文件中的公钥和私钥不匹配。请选择密钥的另一份副本。',
  'too-short': '此密钥短于 1,024 位，不能使用。请另选文件。',
  breakable: '此密钥不提供任何保护：任何人都能算出它的私钥。请换一个密钥；不会用它加密任何内容。',
  'several-keys': '此文件中有多个密钥，无法判断用哪一个。请将所需的密钥单独存为一个文件。',
  'many-primes': '此 RSA 密钥有两个以上的素数，桌面应用不支持。请使用命令行：它在 Node 中运行。',
  putty: '这是 PuTTY 密钥。请转换为 PEM：puttygen key.ppk -O private-openssh -o key.pem。',
  pgp: '这是 OpenPGP 密钥，此处无法读取。请将其中的 RSA 密钥转换为 PEM：gpg --export-secret-keys ID | openpgp2ssh ID > key.pem。',
  ssh2: '这是 SSH2 公钥。请转换为 PEM：ssh-keygen -i -m RFC4716 -f key.pub > line && ssh-keygen -e -m PEM -f line > key.pem。',
  pkcs7: '这是 PKCS#7 证书。请取出证书：openssl pkcs7 -print_certs -in 文件 -out cert.pem。',
  'java-keystore':
    '这是 Java 密钥库。请转换为 PKCS#12：keytool -importkeystore -srckeystore 文件 -destkeystore key.p12 -deststoretype PKCS12。',
  'microsoft-blob':
    '这是 Windows 密钥 Blob。请转换为 PEM：openssl rsa -inform MSBLOB -in 文件 -out key.pem（.pvk 文件用 PVK）。',
  'jwk-short':
    '此 JWK 或 XML 密钥缺少部分私有数值。请导出含 p、q、dp、dq、qi 的密钥，或导出为 PEM。',
  'already-here': '此密钥已在本机，无需导入。',
  'too-large': '此文件太大，不可能是密钥。请选择 PEM 或 PKCS#12 文件。',
}

const DESCRIPTION: Readonly<Record<DescriptionProblem, (detail: string) => string>> = {
  'not-json': () => '不是有效的 JSON。请填写文本键值对，例如 {"team":"studio"}。',
  'not-an-object': () => '请输入由键值对组成的 JSON 对象，例如 {"team":"studio"}。',
  'value-not-text': (name) =>
    `${name === '' ? '有一项' : `“${shown(name)}”`}的值不是文本。请加上引号。`,
  'repeated-name': (name) =>
    `${name === '' ? '有一个名称' : `名称“${shown(name)}”`}出现了两次。请保留一个。`,
  'too-long': () => '内容过长，超过了 Header 的长度限制。请缩短。',
  'not-printable': () => '其中有不允许的字符。请使用普通文字。',
  'used-by': (key) =>
    `${key === '' ? '另一个密钥' : `${shown(key)} `}已使用相同的描述。请修改其中一个值，使每个密钥的描述都不相同。`,
}

const USABLE: Readonly<Record<Of<'key-not-usable'>['reason'], (name: string) => string>> = {
  'decrypt-only': (name) => `${name} 仅用于解密。请将其设为启用，或选择其他主密钥。`,
  'public-half-only': (name) => `本机只有 ${name} 的公钥，无法解密。请导入私钥。`,
  breakable: (name) =>
    `任何人都能算出 ${name} 的私钥，因此没有用它加密任何内容。请选择其他主密钥。`,
  weak: (name) =>
    `${name} 短于 2,048 位，强度不足以用于新上传。请选择其他主密钥，或确认使用此密钥。`,
  'not-proven': (name) => `${name} 尚未通过加密、解密测试。请先在“主密钥”页面测试密钥。`,
  'not-here': (name) => `${name} 由 KMS 或外部程序保管，本机没有可以备份的密钥。`,
  sample: (name) => `${name} 只用于练习文件。请为此账号配置生成或导入主密钥。`,
}

const CREDENTIALS: Readonly<Record<Of<'bad-credentials'>['reason'], (service: string) => string>> =
  {
    'unknown-key-id': (service) =>
      `${service} 中没有此 AccessKey ID。请检查 AccessKey ID，或在 RAM 控制台新建。`,
    'wrong-secret': () =>
      'AccessKey Secret 与此 AccessKey ID 不匹配。请重新输入 AccessKey Secret。',
    expired: () => 'SecurityToken（STS）已过期。请填写新的 SecurityToken。',
  }

const serviceOf = (error: { readonly service?: 'kms' }): string =>
  error.service === 'kms' ? 'KMS' : 'OSS'
/** `kms:Decrypt` and `oss:GetObject` name their service. */
const serviceIn = (action: string): string => (action.startsWith('kms:') ? 'KMS' : 'OSS')

function kms({ status, kmsCode }: Of<'kms'>): string {
  if (status === 0) return '收到的不是 KMS 的响应。请检查 KMS 的 Endpoint 和网络后重试。'
  if (status === 429 || kmsCode.includes('Throttling'))
    return 'KMS 收到的请求过多。请稍等一分钟后重试。'
  if (status >= 500) return `KMS 内部错误（${status}）。请稍等一分钟后重试。`
  return `KMS 拒绝了请求（${shown(kmsCode) || status}）。请在“主密钥”页检查密钥后重试。`
}

/** OSS codes that deserve their own words. Source: Alibaba Cloud OSS error reference. */
const OSS: Readonly<Record<string, string>> = {
  InvalidObjectState: '此文件（Object）已归档，无法直接读取。请在 OSS 控制台解冻，完成后重试。',
  UserDisable: 'OSS 已停用此账号，通常是因为欠费。请在阿里云控制台处理后重试。',
  NoSuchUpload: 'OSS 中已没有此分片上传，碎片可能已被其他程序或 Bucket 规则删除。请重新上传。',
  EntityTooLarge: '文件或分片超过 OSS 的大小限制。请调大分片，或上传更小的文件。',
  FileImmutable: '此文件受 Bucket 的保留策略保护，到期后才能更改。',
  BucketAlreadyExists: '此 Bucket 名称已被其他用户使用。请换一个名称。',
  RequestTimeout: 'OSS 等待数据超时。请检查网络后重试。',
}

function oss(error: Of<'oss'>): string {
  const known = OSS[error.ossCode]
  if (known !== undefined) return known
  if (error.status === 429 || error.ossCode === 'SlowDown')
    return 'OSS 收到的请求过多。请稍等一分钟后重试。'
  if (error.status >= 500) return `OSS 内部错误（${error.status}）。请稍等一分钟后重试。`
  return `OSS 拒绝了请求（${shown(error.ossCode) || error.status}）。请检查账号配置和 Bucket 后重试。`
}

const BAD_ANSWER: Readonly<Record<BadAnswer, (name: string, asked: string) => string>> = {
  outside: (name, asked) => `服务器列出了不属于 ${asked} 的 ${name}。`,
  order: (name) => `服务器重复列出${name === '' ? '名称' : ` ${name}`}，或顺序有误。`,
  name: (name) => `服务器列出了不可能存在的名称${name === '' ? '（空）' : ` ${name}`}。`,
  'not-asked': (name) => `服务器称已删除 ${name}，但并未要求删除它。`,
  endless: (_name, asked) => `服务器返回的 ${asked} 列表没有结尾。`,
  'too-large': (_name, asked) => `服务器关于 ${asked} 的应答超出 OSS 应答的最大长度。`,
}

const OBSTACLE: Readonly<Record<Obstacle, string>> = {
  folder: '文件夹',
  link: '链接',
  file: '文件，而此处需要文件夹',
  device: '设备或管道',
}

const keysTried = (names: readonly string[]): string =>
  names.length === 0 ? '现有的主密钥' : names.map(shown).join('、')

const LOST = {
  keychain: (name: string, keychain: string) => `${keychain}正常，但其中没有 ${name} 的凭证。`,
  'passphrase-file': (name: string) => `本地加密文件可以打开，但其中没有 ${name} 的凭证。`,
  'data-folder': (name: string) => `本机保存的 ${name} 已损坏或不存在。`,
} as const

const BROKEN_OFF = {
  page: '复制完成前页面已关闭或重新加载',
  app: '复制完成前页面或应用已关闭',
  'disk-full': '本机磁盘已满',
  unwritable: '无法写入拖入文件的副本',
} as const

/** Sentences in Simplified Chinese. */
export const chinese: Sentences = {
  'bad-request': badRequest[1],
  'bad-name': badName[1],
  cancelled: () => '已取消，未完成的文件已删除。',
  unexpected: (e) => `出现意外错误。反馈时请附上编号 ${e.reference}，详情见本机日志。`,
  'not-found': (e) =>
    `${WHAT[e.what]} ${shown(e.name)} 不存在。请检查名称，或刷新：可能已被删除。`.replace(
      '  ',
      ' ',
    ),
  'already-open': (e) =>
    `Cipherbucket 已在 ${shown(e.folder)} 上打开。请使用该窗口，或先关闭它。未做任何更改。`,
  'name-taken': (e) => `名称 ${shown(e.name)} 已被使用。请换一个名称。`,
  'not-an-envelope': (e) =>
    `加密信息已损坏：${HEADER[headerWord(e.header)] ?? shown(e.header)}${e.problem === 'missing' ? '缺失' : '无效'}。如果 Bucket 开启了版本控制，请恢复历史版本；否则请重新上传。`,
  'no-envelope': (e) =>
    `${e.file === undefined ? '' : `${shown(e.file)} 中`}缺少加密信息：未找到加密文件的 Header。请选择与文件一同保存的 .ossenv.json，或包含 Header 的文本。`,
  'not-encrypted': (e) =>
    `${shown(e.key)} 没有加密，但${e.why === 'key-named' ? '你为它指定了主密钥' : '上次在本机看到它时是加密的'}。没有保留任何内容：它可能已被他人替换。`,
  'too-many-damaged': (e) =>
    `本次下载有 ${e.count} 个文件无法解密，因此没有再尝试其余文件。请检查主密钥，然后分批下载。`,
  'envelope-file': (e) =>
    ENVELOPE_FILE[e.problem](
      e.file === '' ? '粘贴的内容' : shown(e.file),
      HEADER[headerWord(e.header)] ?? shown(e.header),
      e.count,
    ),
  'unsupported-format': (e) =>
    `此文件用${FORMAT[e.format]}加密，当前版本无法解密。请下载密文，或使用原来的工具打开。`,
  'message-damaged': (e) => DAMAGE[e.part],
  'unknown-master-key': (e) =>
    e.description.startsWith('acs:kms:')
      ? `现有的 KMS 密钥都无法解密此文件。请添加密钥 ${shown(e.description)}，并填写它的地域和 Endpoint。`
      : e.description === ''
        ? '加密信息中没有密钥描述，现有的主密钥也都有描述。请导入加密时使用的密钥。'
        : `没有主密钥使用此描述。请导入描述为 ${shown(e.description)} 的密钥。`,
  'wrong-master-key': (e) =>
    `${keysTried(e.tried)} 无法解密此文件${e.bits === undefined ? '' : `：加密信息需要 ${e.bits.envelope} 位的密钥，而不是 ${e.bits.keys.join(' 或 ')} 位`}。请查找描述相同的旧密钥，或联系上传者。`,
  'no-master-key': () => '没有可用于加密的主密钥。请生成或导入一个，并设为默认。',
  'key-not-usable': (e) => USABLE[e.reason](shown(e.name)),
  'key-import': (e) => IMPORT[e.problem],
  'key-proof-failed': (e) =>
    `${shown(e.name)} 未通过测试：公钥和私钥不匹配。没有用它加密任何内容。请从备份重新导入此密钥。`,
  'key-description': (e) => DESCRIPTION[e.problem](e.detail),
  'format-not-for-key': (e) =>
    `${KINDS[e.kind]}不能写入 ${e.format}，可以写入 ${WRITES[e.kind].join('、')}。`,
  'kms-key': (e) => KMS_KEY[e.problem](shown(e.name)),
  kms,
  'command-failed': (e) => `${shown(e.name)} 的外部程序${COMMAND[e.problem](shown(e.detail))}`,
  'confirmation-differs': (e) => `名称与 ${shown(e.name)} 不一致。请重新输入，注意大小写。`,
  'key-is-default': (e) =>
    `此密钥是 ${e.places.map(shown).join('、')} 的默认密钥。请先选择替换它的密钥。`,
  'source-changed': (e) => `上传过程中 ${shown(e.path)} 被修改，未上传任何内容。请重试。`,
  'source-longer': (e) =>
    `${shown(e.path)} 的实际内容多于其大小（${bytes(e.size)}），没有存入任何内容。请先复制为普通文件再上传。`,
  'source-differs': (e) =>
    `${shown(e.path)} 不是开始此上传时的文件，或之后有改动。请选择正确的文件，或按普通方式上传此文件。`,
  'not-on-disk': (e) =>
    `${e.names.map(shown).join('、')} 不是本机磁盘上的文件，因此没有添加。请先将其保存为文件，再拖入或粘贴该文件。`,
  'source-unreadable': (e) =>
    `无法读取 ${shown(e.path)}（${shown(e.reason)}）。请确认文件存在且你有权打开，然后重试。`,
  'target-exists': (e) => `${shown(e.path)} 已存在，未做更改。请换一个名称或文件夹。`,
  'target-blocked': (e) =>
    `${shown(e.path)} 是${OBSTACLE[e.by]}，因此没有写入任何内容。请换一个名称或文件夹。`,
  'target-unwritable': (e) =>
    `无法写入 ${shown(e.path)}（${shown(e.reason)}）。请选择有写入权限的文件夹。`,
  'disk-full': (e) =>
    `${shown(e.path)} 所在磁盘已满${e.needed > 0 ? `：还需要 ${bytes(e.needed)}` : ''}。请腾出空间后继续。`,
  'drop-broken-off': (e) =>
    `${BROKEN_OFF[e.why]}，只复制了拖入的 ${e.files} 个文件，这些文件会上传。请重新拖入文件夹，以上传其余文件。`,
  'left-out': leftOut[1],
  'one-key-for-two': oneKeyForTwo[1],
  'file-damaged': fileDamaged[1],
  'name-not-local': (e) => `本机文件不能使用名称 ${shown(e.name)}。请单独下载，并使用其他名称。`,
  'keychain-locked': (_, keychain) =>
    `${keychain}已锁定。请用系统密码解锁。没有丢失或替换任何内容。`,
  'keychain-missing': (_, keychain) =>
    `系统${keychain}不可用。请启动它，然后在“设置”中重新检查。没有丢失或替换任何内容。`,
  'secret-lost': (e, keychain) =>
    `${LOST[e.place ?? 'keychain'](shown(e.name), keychain)}请从备份导入密钥，或重新输入凭证。`,
  'passphrase-needed': (e, keychain) =>
    e.exists
      ? '本地加密文件未解锁。请在“设置”中输入口令。没有丢失或替换任何内容。'
      : `此系统没有可用的${keychain}，也尚未设置口令。请先在“设置”中设置口令，然后重试。`,
  'too-many': (e) =>
    `一次最多 ${e.limit.toLocaleString('en-US')} 项。请减少选择，其余的稍后再处理。`,
  'wrong-passphrase': () => '口令不正确，无法解锁文件。请重新输入，注意大小写。',
  'weak-passphrase': weakPassphrase[1],
  oss,
  'bad-answer': (e) =>
    `${BAD_ANSWER[e.problem](shown(e.name), shown(e.asked) || '所请求内容')}没有再做任何操作。请检查 Endpoint 和网络，或告知服务器的管理者。`,
  'access-denied': (e) =>
    `${serviceIn(e.action)} 不允许在此处${permission(e.action) === '' ? '操作' : `执行 ${permission(e.action).slice(4)}`}。请向${e.action.startsWith('kms:') ? '密钥' : ' Bucket '}所有者申请${permission(e.action) === '' ? '权限' : ` ${permission(e.action)}`}，或换用其他账号配置。`,
  'bad-credentials': (e) => CREDENTIALS[e.reason](serviceOf(e)),
  clock: (e) =>
    `本机时钟${e.minutes === 0 ? `与 ${serviceOf(e)} 相差太大` : `比 ${serviceOf(e)} ${e.minutes < 0 ? '快' : '慢'} ${Math.abs(e.minutes)} 分钟`}。请校准时钟后重试。`,
  unreachable: (e) =>
    e.host === 'core'
      ? '窗口与应用的连接已断开。请重新加载窗口，正在进行的传输会继续。'
      : isDistrust(e.reason)
        ? `本机不信任 ${shown(e.host)} 的证书，因此没有发送任何内容。请检查 Endpoint；如果专属实例使用自己的根证书，请在启动应用前将 NODE_EXTRA_CA_CERTS 设为该证书文件。`
        : `${shown(e.host)} 没有响应。请检查网络或代理后重试。`,
  'insecure-endpoint': (e) =>
    `${shown(e.endpoint)} 不是 HTTPS，因此没有发送任何内容。请使用以 https:// 开头的 Endpoint。`,
  'bad-endpoint': (e) =>
    e.problem === 'no-region'
      ? `${shown(e.endpoint)} 没有写明地域。请另外填写地域，例如 cn-hangzhou。`
      : `${e.endpoint === '' ? '空值' : shown(e.endpoint)} 不是有效的 Endpoint。${isBucketDomain(e.endpoint) ? '请去掉 Bucket 名称' : '示例'}：https://oss-cn-hangzhou.aliyuncs.com。`,
  'object-changed': (e) => `${shown(e.key)} 在此期间被其他文件替换，操作未完成。请刷新后重试。`,
  'headers-differ': (e) =>
    `OSS 为 ${shown(e.key)} 存储的 Header 与设置的不一致。完整的副本保存为 ${shown(e.kept)}，请使用该副本。`,
  'metadata-too-large': (e) =>
    `${shown(e.key)} 的元数据将有 ${e.size} 字节，OSS 最多允许 ${e.limit} 字节（包括加密 Header）。未做任何更改。请缩短或删除部分元数据。`,
  'copy-differs': (e) =>
    `${shown(e.key)} 的副本已删除：OSS 存储的 ${shown(e.what)} 与原文件不同。原文件未做更改。请重试。`,
  'source-kept': (e) =>
    e.reason === 'changed'
      ? `副本完整，但 ${shown(e.key)} 在此期间被替换，因此未删除。现在两者都存在。请核对后删除不需要的一个。`
      : e.reason === 'not-proven'
        ? `副本已写入，但服务器没有给出可以证明其完整的校验和，因此未删除 ${shown(e.key)}。现在两者都存在。请核对后删除其中一个。`
        : `副本完整，但 OSS 没有删除 ${shown(e.key)}。现在两者都存在。请重试，或向 Bucket 所有者申请删除权限。`,
  'envelope-lost': (e) =>
    `服务器保存 ${shown(e.key)} 时丢失了${e.what === 'content-length' ? '部分内容' : e.what === '' ? '加密 Header' : ` ${shown(e.what)}`}，没有人能解密它。${
      e.removed ? '该文件已删除。' : '该文件可能仍然存在，请查看并删除。'
    }请确认 Endpoint 确实是 OSS。`,
  'object-exists': (e) => `Bucket 中已有 ${shown(e.key)}，未做更改。请换一个名称，或选择“替换”。`,
  checksum: () =>
    '收到的数据与存储的数据不一致，文件未保存。请重试；若再次发生，说明 OSS 中的文件已损坏。',
  'size-differs': (e) =>
    e.told === 'server'
      ? `应收到 ${bytes(e.expected)}，服务器实际发送了 ${bytes(e.actual)}。未保存任何内容。请重新下载。`
      : e.actual < e.expected
        ? `文件比加密信息中的记录短 ${bytes(e.expected - e.actual)}。请重新下载。`
        : `文件比加密信息中的记录长 ${bytes(e.actual - e.expected)}。请重新下载。`,
  'too-large': (e) => `超过大小上限：最多 ${bytes(e.limit)}。请选择更小的内容。`,
}
