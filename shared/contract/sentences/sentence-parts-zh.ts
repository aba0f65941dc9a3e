import { shown } from './sentences-words.ts'
import type {
  AppError,
  BadAnswer,
  CommandProblem,
  DescriptionProblem,
  FormatName,
  IndexProblem,
  KeyImportProblem,
  KmsKeyProblem,
  Obstacle,
  ProxyProblem,
} from '../errors.ts'

/** Parts of the sentences of `sentences-zh.ts`: words for the values that errors carry. */

type Of<C extends AppError['code']> = Extract<AppError, { readonly code: C }>

export const WHAT: Readonly<Record<Of<'not-found'>['what'], string>> = {
  object: '文件',
  bucket: 'Bucket',
  profile: '账号配置',
  'master-key': '主密钥',
  transfer: '传输任务',
  grant: '所选的文件或文件夹',
  plan: '上传计划',
  upload: '分片上传',
  preview: '预览',
}

export const HEADER: Readonly<Record<string, string>> = {
  key: '加密后的数据密钥',
  start: '加密后的初始向量（start）',
  'cek-alg': '内容加密算法',
  'wrap-alg': '数据密钥加密算法',
  matdesc: '密钥描述',
}

export const FORMAT: Readonly<Record<FormatName, string>> = {
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

export const DAMAGE: Readonly<Record<Of<'message-damaged'>['part'], string>> = {
  header:
    '消息头被改动：认证标签不匹配，未保存任何内容。如果 Bucket 开启了版本控制，请恢复历史版本。',
  content: '内容被改动：认证标签不匹配，未保存任何内容。请重新下载；若再次发生，请恢复历史版本。',
  ending: '内容被改动或不完整：结尾无效，未保存任何内容。请重新下载；若再次发生，请恢复历史版本。',
  shape:
    '不是有效的 KMS Encryption SDK 消息，未保存任何内容。如果以前是有效的消息，请恢复历史版本；否则请直接下载，不要解密。',
}

export const KMS_KEY: Readonly<Record<KmsKeyProblem, (name: string) => string>> = {
  'not-found': (name) =>
    `KMS 在此地域没有 ${name} 的密钥。请在“主密钥”页检查密钥 ID、地域和 Endpoint。`,
  disabled: (name) => `${name} 的 KMS 密钥已禁用。请在 KMS 控制台启用后重试。`,
  deleting: (name) =>
    `${name} 的 KMS 密钥即将被删除。请立即在 KMS 控制台取消删除：删除后，用它加密的内容都无法解密。`,
  'wrong-use': (name) => `${name} 的 KMS 密钥不能用于加密和解密。请选择对称密钥。`,
  'cannot-open': (name) =>
    `KMS 无法用 ${name} 解密数据密钥：可能使用了其他密钥、地域、口令或上下文，或加密信息已被改动。请在“主密钥”页检查。`,
}

export const COMMAND: Readonly<Record<CommandProblem, (detail: string) => string>> = {
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

export const KINDS: Readonly<Record<Of<'format-not-for-key'>['kind'], string>> = {
  rsa: 'RSA 密钥',
  kms: 'KMS 密钥',
  command: '外部程序',
}

export const ENVELOPE_FILE: Readonly<
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

export const IMPORT: Readonly<Record<KeyImportProblem, string>> = {
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

export const DESCRIPTION: Readonly<Record<DescriptionProblem, (detail: string) => string>> = {
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

export const USABLE: Readonly<Record<Of<'key-not-usable'>['reason'], (name: string) => string>> = {
  'decrypt-only': (name) => `${name} 仅用于解密。请将其设为启用，或选择其他主密钥。`,
  'public-half-only': (name) => `本机只有 ${name} 的公钥，无法解密。请导入私钥。`,
  breakable: (name) =>
    `任何人都能算出 ${name} 的私钥，因此没有用它加密任何内容。请选择其他主密钥。`,
  weak: (name) =>
    `${name} 短于 2,048 位，强度不足以用于新上传。请选择其他主密钥，或确认使用此密钥。`,
  'not-proven': (name) => `${name} 尚未通过加密、解密测试。请先在“主密钥”页面测试密钥。`,
  'not-here': (name) => `${name} 由 KMS 或外部程序保管，本机没有可以备份的密钥。`,
  'no-second': (name) =>
    `${name} 不能用作第二密钥。请选择不超过 4,096 位的 RSA 密钥，只有公钥也可以。`,
  sample: (name) => `${name} 只用于练习文件。请为此账号配置生成或导入主密钥。`,
}

export const CREDENTIALS: Readonly<
  Record<Of<'bad-credentials'>['reason'], (service: string) => string>
> = {
  'unknown-key-id': (service) =>
    `${service} 中没有此 AccessKey ID。请检查 AccessKey ID，或在 RAM 控制台新建。`,
  'wrong-secret': () => 'AccessKey Secret 与此 AccessKey ID 不匹配。请重新输入 AccessKey Secret。',
  expired: () => 'SecurityToken（STS）已过期。请填写新的 SecurityToken。',
}

export const serviceOf = (error: { readonly service?: 'kms' }): string =>
  error.service === 'kms' ? 'KMS' : 'OSS'
/** Returns the name of the service in an action such as `kms:Decrypt` or `oss:GetObject`. */
export const serviceIn = (action: string): string => (action.startsWith('kms:') ? 'KMS' : 'OSS')

export function kms({ status, kmsCode }: Of<'kms'>): string {
  if (status === 0) return '收到的不是 KMS 的响应。请检查 KMS 的 Endpoint 和网络后重试。'
  if (status === 429 || kmsCode.includes('Throttling'))
    return 'KMS 收到的请求过多。请稍等一分钟后重试。'
  if (status >= 500) return `KMS 内部错误（${status}）。请稍等一分钟后重试。`
  return `KMS 拒绝了请求（${shown(kmsCode) || status}）。请在“主密钥”页检查密钥后重试。`
}

/** The OSS codes that have words of their own. Source: Alibaba Cloud OSS error reference. */
const OSS: Readonly<Record<string, string>> = {
  InvalidObjectState: '此文件（Object）已归档，无法直接读取。请在 OSS 控制台解冻，完成后重试。',
  UserDisable: 'OSS 已停用此账号，通常是因为欠费。请在阿里云控制台处理后重试。',
  NoSuchUpload: 'OSS 中已没有此分片上传，碎片可能已被其他程序或 Bucket 规则删除。请重新上传。',
  EntityTooLarge: '文件或分片超过 OSS 的大小限制。请调大分片，或上传更小的文件。',
  FileImmutable: '此文件受 Bucket 的保留策略保护，到期后才能更改。',
  BucketAlreadyExists: '此 Bucket 名称已被其他用户使用。请换一个名称。',
  RequestTimeout: 'OSS 等待数据超时。请检查网络后重试。',
}

export function oss(error: Of<'oss'>): string {
  const known = OSS[error.ossCode]
  if (known !== undefined) return known
  if (error.status === 429 || error.ossCode === 'SlowDown')
    return 'OSS 收到的请求过多。请稍等一分钟后重试。'
  if (error.status >= 500) return `OSS 内部错误（${error.status}）。请稍等一分钟后重试。`
  return `OSS 拒绝了请求（${shown(error.ossCode) || error.status}）。请检查账号配置和 Bucket 后重试。`
}

export const PROXY: Readonly<
  Record<ProxyProblem, (proxy: string, host: string, detail: string) => string>
> = {
  setting: () =>
    '代理地址无效，因此没有发送任何内容。请按 http://proxy.example.com:3128 或 socks5://proxy.example.com:1080 的格式填写。',
  insecure: (proxy, host) =>
    `访问 ${host} 不使用 TLS，而代理 ${proxy} 不在本机，因此没有发送任何内容。请将 ${host} 加入 NO_PROXY。`,
  unreachable: (proxy, _host, detail) =>
    `代理 ${proxy} 没有响应（${detail}）。请检查代理地址、代理类型（HTTP、HTTPS 或 SOCKS5）和网络后重试。`,
  distrust: (proxy) =>
    `本机不信任代理 ${proxy} 的证书，因此没有发送任何内容。请检查代理地址，或在启动应用前将 NODE_EXTRA_CA_CERTS 设为其根证书文件。`,
  login: (proxy, _host, detail) =>
    `代理 ${proxy} 不接受用户名和密码（${detail}）。请在代理设置中填写正确的用户名和密码。`,
  refused: (proxy, host, detail) =>
    `代理 ${proxy} 不允许连接 ${host}（${detail}）。请联系代理管理员放行，或换用其他代理。`,
  'no-way': (proxy, host, detail) =>
    `代理 ${proxy} 无法连接到 ${host}（${detail}）。请检查 Endpoint 后重试。`,
  'not-a-proxy': (proxy) =>
    `${proxy} 的响应不符合所设置的代理类型。请检查它是 HTTP、HTTPS 还是 SOCKS5 代理，以及端口是否正确。`,
}

export const BAD_ANSWER: Readonly<Record<BadAnswer, (name: string, asked: string) => string>> = {
  outside: (name, asked) => `服务器列出了不属于 ${asked} 的 ${name}。`,
  order: (name) => `服务器重复列出${name === '' ? '名称' : ` ${name}`}，或顺序有误。`,
  name: (name) => `服务器列出了不可能存在的名称${name === '' ? '（空）' : ` ${name}`}。`,
  'not-asked': (name) => `服务器称已删除 ${name}，但并未要求删除它。`,
  endless: (_name, asked) => `服务器返回的 ${asked} 列表没有结尾。`,
  'too-large': (_name, asked) => `服务器关于 ${asked} 的应答超出 OSS 应答的最大长度。`,
}

export const OBSTACLE: Readonly<Record<Obstacle, string>> = {
  folder: '文件夹',
  link: '链接',
  file: '文件，而此处需要文件夹',
  device: '设备或管道',
}

export const keysTried = (names: readonly string[]): string =>
  names.length === 0 ? '现有的主密钥' : names.map(shown).join('、')

export const LOST = {
  keychain: (name: string, keychain: string) => `${keychain}正常，但其中没有 ${name} 的凭证。`,
  'passphrase-file': (name: string) => `本地加密文件可以打开，但其中没有 ${name} 的凭证。`,
  'data-folder': (name: string) => `本机保存的 ${name} 已损坏或不存在。`,
} as const

export const BROKEN_OFF = {
  page: '复制完成前页面已关闭或重新加载',
  app: '复制完成前页面或应用已关闭',
  'disk-full': '本机磁盘已满',
  unwritable: '无法写入拖入文件的副本',
} as const

export const INDEX: Readonly<Record<IndexProblem, string>> = {
  damaged: '本机的文件名索引已损坏，正在重建。OSS 中的数据不受影响，下次列举会慢一些。',
  disk: '磁盘无法保存本机的文件名索引，应用退出前索引只在内存中。请释放磁盘空间。',
  'not-available': '这类计算机无法保存本机的文件名索引，应用退出前索引只在内存中。',
}
