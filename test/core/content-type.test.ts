import { expect, test } from 'vitest'
import { contentTypeOf } from '../../electron/core/transfer/upload/content-type.ts'

// Types that objects have been stored with since the first version, but for `.ico`, which IANA
// registers as image/vnd.microsoft.icon.
test.each([
  ['image/avif', 'avif'],
  ['image/bmp', 'bmp'],
  ['image/gif', 'gif'],
  ['image/heic', 'heic'],
  ['image/vnd.microsoft.icon', 'ico'],
  ['image/jpeg', 'jpeg jpg'],
  ['image/png', 'png'],
  ['image/svg+xml', 'svg'],
  ['image/tiff', 'tif tiff'],
  ['image/webp', 'webp'],
  ['audio/aac', 'aac'],
  ['audio/flac', 'flac'],
  ['audio/mp4', 'm4a'],
  ['audio/mpeg', 'mp3'],
  ['audio/ogg', 'ogg'],
  ['audio/wav', 'wav'],
  ['video/x-msvideo', 'avi'],
  ['video/x-matroska', 'mkv'],
  ['video/quicktime', 'mov'],
  ['video/mp4', 'mp4'],
  ['video/mpeg', 'mpeg'],
  ['video/webm', 'webm'],
  ['text/css', 'css'],
  ['text/csv', 'csv'],
  ['text/html', 'htm html'],
  ['text/javascript', 'js mjs'],
  ['text/plain', 'log txt'],
  ['text/markdown', 'md'],
  ['application/xml', 'xml'],
  ['application/yaml', 'yaml yml'],
  ['application/x-7z-compressed', '7z'],
  ['application/gzip', 'gz'],
  ['application/json', 'json'],
  ['application/pdf', 'pdf'],
  ['application/rtf', 'rtf'],
  ['application/x-tar', 'tar'],
  ['application/wasm', 'wasm'],
  ['application/zip', 'zip'],
  ['application/zstd', 'zst'],
  ['application/msword', 'doc'],
  ['application/vnd.openxmlformats-officedocument.wordprocessingml.document', 'docx'],
  ['application/vnd.ms-powerpoint', 'ppt'],
  ['application/vnd.openxmlformats-officedocument.presentationml.presentation', 'pptx'],
  ['application/vnd.ms-excel', 'xls'],
  ['application/vnd.openxmlformats-officedocument.spreadsheetml.sheet', 'xlsx'],
  ['application/vnd.oasis.opendocument.text', 'odt'],
  ['application/vnd.oasis.opendocument.spreadsheet', 'ods'],
  ['application/epub+zip', 'epub'],
] as const)('%s: %s', (type, extensions) => {
  for (const extension of extensions.split(' ')) {
    expect(contentTypeOf(`a.b/file.${extension}`)).toBe(type)
    expect(contentTypeOf(`FILE.${extension.toUpperCase()}`)).toBe(type)
  }
})

test.each(['', 'README', 'json', 'pdf', '.json', 'a/.pdf', 'x.', 'x.unknown-extension', 'a.pdf/x'])(
  '“%s” has no known extension and is a stream of bytes',
  (name) => expect(contentTypeOf(name)).toBe('application/octet-stream'),
)
