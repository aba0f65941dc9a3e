/**
 * A region of OSS: its id, its name in Alibaba's Chinese console, and its English name. Source: OSS
 * documentation, "Regions and endpoints".
 */
export type Region = readonly [id: string, chinese: string, english: string]

export const regions: readonly Region[] = [
  ['cn-hangzhou', '华东1（杭州）', 'China (Hangzhou)'],
  ['cn-shanghai', '华东2（上海）', 'China (Shanghai)'],
  ['cn-nanjing', '华东5（南京-本地地域）', 'China (Nanjing - Local Region)'],
  ['cn-fuzhou', '华东6（福州-本地地域）', 'China (Fuzhou - Local Region)'],
  ['cn-wuhan-lr', '华中1（武汉-本地地域）', 'China (Wuhan - Local Region)'],
  ['cn-qingdao', '华北1（青岛）', 'China (Qingdao)'],
  ['cn-beijing', '华北2（北京）', 'China (Beijing)'],
  ['cn-zhangjiakou', '华北3（张家口）', 'China (Zhangjiakou)'],
  ['cn-huhehaote', '华北5（呼和浩特）', 'China (Hohhot)'],
  ['cn-wulanchabu', '华北6（乌兰察布）', 'China (Ulanqab)'],
  ['cn-shenzhen', '华南1（深圳）', 'China (Shenzhen)'],
  ['cn-heyuan', '华南2（河源）', 'China (Heyuan)'],
  ['cn-guangzhou', '华南3（广州）', 'China (Guangzhou)'],
  ['cn-chengdu', '西南1（成都）', 'China (Chengdu)'],
  ['cn-hongkong', '中国香港', 'China (Hong Kong)'],
  ['us-west-1', '美国（硅谷）', 'US (Silicon Valley)'],
  ['us-east-1', '美国（弗吉尼亚）', 'US (Virginia)'],
  ['ap-northeast-1', '日本（东京）', 'Japan (Tokyo)'],
  ['ap-northeast-2', '韩国（首尔）', 'South Korea (Seoul)'],
  ['ap-southeast-1', '新加坡', 'Singapore'],
  ['ap-southeast-3', '马来西亚（吉隆坡）', 'Malaysia (Kuala Lumpur)'],
  ['ap-southeast-5', '印度尼西亚（雅加达）', 'Indonesia (Jakarta)'],
  ['ap-southeast-6', '菲律宾（马尼拉）', 'Philippines (Manila)'],
  ['ap-southeast-7', '泰国（曼谷）', 'Thailand (Bangkok)'],
  ['eu-central-1', '德国（法兰克福）', 'Germany (Frankfurt)'],
  ['eu-west-1', '英国（伦敦）', 'UK (London)'],
  ['me-east-1', '阿联酋（迪拜）', 'UAE (Dubai)'],
]

/**
 * Names of a region: the console's, the city alone in both languages, and the id without its
 * country.
 */
function namesOf([id, chinese, english]: Region): readonly string[] {
  const city = (name: string) =>
    /[（(]([^）)]+)[）)]/.exec(name)?.[1]?.replace(/\s*-.*$/, '') ?? name
  return [
    id,
    chinese,
    english,
    city(chinese),
    city(english),
    ...(id.startsWith('cn-') ? [id.slice(3)] : []),
  ].map(folded)
}

const folded = (text: string): string => text.normalize('NFKC').toLowerCase().replace(/\s+/g, '')
const BY_NAME: ReadonlyMap<string, string> = new Map(
  regions.flatMap((region) => namesOf(region).map((name) => [name, region[0]] as const)),
)

/**
 * Returns the id of the region that a text names: by a listed name, or in the form of an id. Null
 * for other texts.
 */
export function regionNamed(text: string): string | null {
  const name = folded(text)
    .replace(/^oss-/, '')
    .replace(/-internal$/, '')
  return BY_NAME.get(name) ?? (/^[a-z]{2,}(-[a-z0-9]+)+$/.test(name) ? name : null)
}
