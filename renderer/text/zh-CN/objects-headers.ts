import type { headers as english } from '../en/objects-headers.ts'
import type { Same } from '../same.ts'

export const headers: Same<typeof english> = {
  'act.editHeaders': '设置文件元数据…',
  'headers.title': '设置“{{name}}”的元数据',
  'headers.sub': '由 OSS 在 Bucket 内复制文件来完成修改。文件内容和加密信息保持不变。',
  'headers.loading': '正在读取元数据…',
  'headers.own': '用户自定义元数据',
  'headers.name': '名称 {{n}}',
  'headers.value': '值 {{n}}',
  'headers.add': '添加元数据',
  'headers.remove': '删除元数据 {{n}}',
  'headers.kept': '以下元数据不能在此修改，将保持不变：{{names}}。',
  'headers.changed': '已填写的内容仍然保留。再次保存即可应用到新的文件。',
  'headers.name.empty': '请输入名称，或删除此行。',
  'headers.name.letters': '名称只能包含英文字母、数字和短划线（-）。',
  'headers.name.reserved': '此名称用于加密格式，请使用其他名称。',
  'headers.name.twice': '名称重复，请修改其中一个。',
  'headers.value.empty': '请输入值，或删除此行。',
  'headers.value.ascii':
    '只能使用 ASCII 字母、数字和符号。其他字符请使用百分号编码，例如 %E4%B8%AD。',
  'headers.value.long': '过长：最多 2,048 个字符。',
  'headers.do': '保存',
  'headers.doing': '正在保存…',
  'headers.saved': '元数据已修改。',
}
