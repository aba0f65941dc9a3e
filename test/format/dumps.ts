/**
 * An envelope as other programs print it: what each row names as its source prints headers in this
 * way.
 */
export interface Dump {
  readonly name: string
  readonly print: (headers: Headers) => string
}
export type Headers = Readonly<Record<string, string>>

const PREFIX = 'x-oss-meta-'
const rows = (headers: Headers): readonly (readonly [string, string])[] => Object.entries(headers)
const capital = (name: string): string =>
  name.replace(/(^|-)[a-z]/g, (letter) => letter.toUpperCase())
const bare = (name: string): string => name.slice(PREFIX.length)
const renamed = (headers: Headers, name: (one: string) => string): Record<string, string> =>
  Object.fromEntries(rows(headers).map(([one, value]) => [name(one), value]))
const lines = (
  headers: Headers,
  line: (name: string, value: string) => string,
  end = '\n',
): string =>
  rows(headers)
    .map(([name, value]) => line(name, value) + end)
    .join('')
const inJson = (text: string): string => JSON.stringify(text)
const html = (text: string): string =>
  text
    .replaceAll('&', '&amp;')
    .replaceAll('"', '&quot;')
    .replaceAll('+', '&#43;')
    .replaceAll('=', '&#61;')
    .replaceAll('<', '&lt;')
const wrapped = (text: string, width: number, join: string): string =>
  text.replace(new RegExp(`(.{${width}})(?=.)`, 'g'), `$1${join}`)
const nothing = (): string => ''

/**
 * Programs and documents that print like this. The shapes were written from their documentation.
 */
export const dumps: readonly Dump[] = [
  {
    name: 'curl -I',
    print: (h) =>
      `HTTP/1.1 200 OK\r\nServer: AliyunOSS\r\n${lines(h, (n, v) => `${n}: ${v}`, '\r\n')}\r\n`,
  },
  {
    name: 'curl -I, HTTP/2',
    print: (h) => `HTTP/2 200 \r\n${lines(h, (n, v) => `${n}: ${v}`, '\r\n')}`,
  },
  {
    name: 'curl -v',
    print: (h) =>
      `*   Trying 1.2.3.4:443...\n> HEAD /f HTTP/1.1\n> Host: b.example\n>\n< HTTP/1.1 200 OK\n${lines(h, (n, v) => `< ${n}: ${v}\r`)}<\n* Connection #0 left intact\n`,
  },
  {
    name: 'wget -S',
    print: (h) => `  HTTP/1.1 200 OK\n${lines(h, (n, v) => `  ${n}: ${v}`)}Length: 6\n`,
  },
  {
    name: 'two answers of one redirect',
    print: (h) =>
      `HTTP/1.1 301 Moved\r\nLocation: /b\r\n\r\nHTTP/1.1 200 OK\r\n${lines(h, (n, v) => `${n}: ${v}`, '\r\n')}`,
  },
  {
    name: 'the same answer twice',
    print: (h) =>
      `HTTP/1.1 200 OK\r\n${lines(h, (n, v) => `${n}: ${v}`, '\r\n')}\r\nHTTP/1.1 200 OK\r\n${lines(h, (n, v) => `${capital(n)}: ${v}`, '\r\n')}`,
  },
  { name: 'old line ends', print: (h) => lines(h, (n, v) => `${n}: ${v}`, '\r') },
  { name: 'ossutil stat', print: (h) => lines(h, (n, v) => `${capital(n).padEnd(60)}: ${v}`) },
  { name: 'a quoted mail', print: (h) => `Hi,\n${lines(h, (n, v) => `> ${n}: ${v}`)}\nBye` },
  {
    name: 'a log with times',
    print: (h) => lines(h, (n, v) => `2026-09-01T10:11:12.345Z DEBUG [http-1] header ${n}: ${v}`),
  },
  { name: 'name and value on two lines', print: (h) => lines(h, (n, v) => `${n}:\n${v}`) },
  { name: 'name and value on two lines, no colon', print: (h) => lines(h, (n, v) => `${n}\n${v}`) },
  { name: 'no blank behind the colon', print: (h) => lines(h, (n, v) => `${n}:${v}`) },
  {
    name: 'folded header lines, RFC 9112',
    print: (h) =>
      lines(h, (n, v) => `${n}: ${v.startsWith('{') ? v : wrapped(v, 60, '\r\n ')}`, '\r\n'),
  },
  {
    name: 'hard wraps of a terminal',
    print: (h) => lines(h, (n, v) => `${n}: ${v.startsWith('{') ? v : wrapped(v, 76, '\n')}`),
  },
  {
    name: 'wrapped and quoted',
    print: (h) => lines(h, (n, v) => `> ${n}: ${v.startsWith('{') ? v : wrapped(v, 64, '\n> ')}`),
  },
  {
    name: 'names in a list before',
    print: (h) =>
      `Access-Control-Expose-Headers: ${Object.keys(h).join(', ')}\r\n${lines(h, (n, v) => `${n}: ${v}`, '\r\n')}`,
  },
  {
    name: 'x-amz-meta- lines',
    print: (h) =>
      lines(
        renamed(h, (n) => `x-amz-meta-${bare(n)}`),
        (n, v) => `${n}: ${v}`,
      ),
  },
  { name: 'x-cos-meta- JSON', print: (h) => inJson2(renamed(h, (n) => `x-cos-meta-${bare(n)}`)) },
  { name: 'quoted values', print: (h) => lines(h, (n, v) => `${n}: ${inJson(v)}`) },
  { name: 'single quotes', print: (h) => lines(h, (n, v) => `${n}: '${v}'`) },
  { name: 'square brackets', print: (h) => lines(h, (n, v) => `${n}: [${v}]`) },
  { name: 'percent-encoded', print: (h) => lines(h, (n, v) => `${n}: ${encodeURIComponent(v)}`) },
  { name: 'HTML-escaped', print: (h) => lines(h, (n, v) => `${n}: ${html(v)}`) },
  {
    name: 'plus signs that a form made blanks',
    print: (h) => lines(h, (n, v) => `${n}: ${v.replaceAll('+', ' ')}`),
  },
  {
    name: 'the URL alphabet',
    print: (h) =>
      lines(
        h,
        (n, v) =>
          `${n}: ${/^[A-Za-z0-9+/]{40,}=*$/.test(v) ? v.replaceAll('+', '-').replaceAll('/', '_') : v}`,
      ),
  },
  { name: 'without padding', print: (h) => lines(h, (n, v) => `${n}: ${v.replace(/=+$/, '')}`) },
  {
    name: 'Python repr of a dict',
    print: (h) =>
      `{${rows(h)
        .map(([n, v]) => `'${n}': '${v}'`)
        .join(', ')}}`,
  },
  {
    name: 'Python requests',
    print: (h) =>
      `CaseInsensitiveDict({${rows(h)
        .map(([n, v]) => `'${capital(n)}': '${v}'`)
        .join(', ')}})`,
  },
  {
    name: 'Python pprint',
    print: (h) =>
      `{${rows(h)
        .map(
          ([n, v]) =>
            `'${n}': ${v.startsWith('{') ? `'${v}'` : wrapped(`'${v}'`, 70, "'\n ".padEnd(50) + "'")}`,
        )
        .join(',\n ')}}`,
  },
  {
    name: 'Java Map',
    print: (h) =>
      `{${rows(h)
        .map(([n, v]) => `${n}=${v}`)
        .join(', ')}}`,
  },
  {
    name: 'Java userMetadata',
    print: (h) =>
      `ObjectMetadata{userMetadata={${rows(h)
        .map(([n, v]) => `${bare(n)}=${v}`)
        .join(', ')}}, length=6}`,
  },
  {
    name: 'Java HTTP headers',
    print: (h) =>
      `{null=[HTTP/1.1 200 OK], ${rows(h)
        .map(([n, v]) => `${n}=[${v}]`)
        .join(', ')}}`,
  },
  {
    name: 'Go map',
    print: (h) =>
      `map[${rows(h)
        .map(([n, v]) => `${capital(n)}:[${v}]`)
        .join(' ')}]`,
  },
  {
    name: 'Go map of texts',
    print: (h) =>
      `map[${rows(h)
        .map(([n, v]) => `${n}:${v}`)
        .join(' ')}]`,
  },
  {
    name: 'Go %#v',
    print: (h) =>
      `http.Header{${rows(h)
        .map(([n, v]) => `"${capital(n)}":[]string{${inJson(v)}}`)
        .join(', ')}}`,
  },
  {
    name: 'Ruby hash',
    print: (h) =>
      `{${rows(h)
        .map(([n, v]) => `"${n}"=>${inJson(v)}`)
        .join(', ')}}`,
  },
  {
    name: 'Ruby hash, newer',
    print: (h) =>
      `{${rows(h)
        .map(([n, v]) => `"${n}" => [${inJson(v)}]`)
        .join(', ')}}`,
  },
  { name: 'PHP print_r', print: (h) => `Array\n(\n${lines(h, (n, v) => `    [${n}] => ${v}`)})\n` },
  {
    name: 'PHP var_dump',
    print: (h) =>
      `array(4) {\n${lines(h, (n, v) => `  ["${n}"]=>\n  string(${v.length}) "${v}"`)}}\n`,
  },
  {
    name: 'PHP var_export',
    print: (h) => `array (\n${lines(h, (n, v) => `  '${n}' => '${v}',`)})`,
  },
  { name: 'PHP json_encode', print: (h) => inJson2(h).replaceAll('/', '\\/') },
  {
    name: 'Go json with < and &',
    print: (h) => inJson2(h).replaceAll('+', '\\u002b').replaceAll('=', '\\u003d'),
  },
  { name: 'Node util.inspect', print: (h) => `{\n${lines(h, (n, v) => `  '${n}': '${v}',`)}}` },
  {
    name: 'Rust HeaderMap',
    print: (h) =>
      `{${rows(h)
        .map(([n, v]) => `"${n}": ${inJson(v)}`)
        .join(', ')}, "date": "now",}`,
  },
  {
    name: 'PowerShell Format-List',
    print: (h) =>
      rows(h)
        .map(([n, v]) => `Key   : ${n}\nValue : ${v}\n`)
        .join('\n'),
  },
  {
    name: 'PowerShell Format-List of properties',
    print: (h) => lines(h, (n, v) => `${n.padEnd(50)} : ${v}`, '\r\n'),
  },
  {
    name: 'PowerShell table',
    print: (h) =>
      `Key${' '.repeat(57)}Value\n---${' '.repeat(57)}-----\n${lines(h, (n, v) => n.padEnd(60) + v)}`,
  },
  { name: 'PowerShell lists of one', print: (h) => lines(h, (n, v) => `${n.padEnd(60)} {${v}}`) },
  {
    name: 'XML elements',
    print: (h) =>
      `<?xml version="1.0"?><r>${rows(h)
        .map(([n, v]) => `<${n}>${v.replaceAll('"', '&quot;')}</${n}>`)
        .join('')}</r>`,
  },
  {
    name: 'XML attributes',
    print: (h) =>
      `<r>${rows(h)
        .map(([n, v]) => `<header name="${n}" value="${v.replaceAll('"', '&quot;')}"/>`)
        .join('\n')}</r>`,
  },
  {
    name: 'XML key and value',
    print: (h) =>
      `<M>${rows(h)
        .map(([n, v]) => `<E>\n<Key>${n}</Key>\n<Value>${v}</Value>\n</E>`)
        .join('')}</M>`,
  },
  {
    name: 'HTML table',
    print: (h) =>
      `<table>${rows(h)
        .map(([n, v]) => `<tr><td class="n">${n}</td><td class="v">${html(v)}</td></tr>`)
        .join('')}</table>`,
  },
  {
    name: 'YAML',
    print: (h) => `headers:\n${lines(h, (n, v) => `  ${n}: ${v.startsWith('{') ? `'${v}'` : v}`)}`,
  },
  {
    name: 'YAML, quoted',
    print: (h) => `headers:\n${lines(h, (n, v) => `  "${n}": ${inJson(v)}`)}`,
  },
  {
    name: 'YAML, lists',
    print: (h) => `headers:\n${lines(h, (n, v) => `  ${capital(n)}:\n  - '${v}'`)}`,
  },
  {
    name: 'YAML, names and values',
    print: (h) => `headers:\n${lines(h, (n, v) => `- name: ${n}\n  value: '${v}'`)}`,
  },
  {
    name: 'YAML, values and names',
    print: (h) => inJson2({ headers: rows(h).map(([name, value]) => ({ value, name })) }),
  },
  {
    name: 'YAML, folded block',
    print: (h) =>
      lines(h, (n, v) => `${n}: >-\n  ${v.startsWith('{') ? v : wrapped(v, 72, '\n  ')}`),
  },
  {
    name: '.env',
    print: (h) =>
      lines(
        h,
        (n, v) => `${n.toUpperCase().replaceAll('-', '_')}=${inJson(v).replaceAll('\\"', '"')}`,
      ),
  },
  {
    name: 'CGI',
    print: (h) => lines(h, (n, v) => `HTTP_${n.toUpperCase().replaceAll('-', '_')}=${v}`),
  },
  { name: 'ini', print: (h) => `[headers]\n${lines(h, (n, v) => `${n} = ${v}`)}` },
  {
    name: 'Java properties',
    print: (h) => lines(h, (n, v) => `${n}=${v.replaceAll('=', '\\=').replaceAll(':', '\\:')}`),
  },
  {
    name: 'CSV',
    print: (h) =>
      `name,value\r\n${lines(h, (n, v) => `${n},${v.includes('"') ? `"${v.replaceAll('"', '""')}"` : v}`, '\r\n')}`,
  },
  { name: 'TSV', print: (h) => lines(h, (n, v) => `${n}\t${v}`) },
  { name: 'a table of a terminal', print: (h) => lines(h, (n, v) => `| ${n.padEnd(50)} | ${v} |`) },
  {
    name: 'Markdown',
    print: (h) => `|Name|Value|\n|---|---|\n${lines(h, (n, v) => `| \`${n}\` | \`${v}\` |`)}`,
  },
  { name: 'gron', print: (h) => lines(h, (n, v) => `json.headers["${n}"] = ${inJson(v)};`) },
  {
    name: 'logfmt',
    print: (h) =>
      `level=info ${rows(h)
        .map(([n, v]) => `${n}=${inJson(v)}`)
        .join(' ')}`,
  },
  { name: 'our headers, bare', print: inJson2 },
  {
    name: 'Go SDK V2, HeadObjectResult',
    print: (h) =>
      inJson2({
        ContentLength: 6,
        Metadata: renamed(h, bare),
        StatusCode: 200,
        Headers: Object.fromEntries(rows(h).map(([n, v]) => [capital(n), [v]])),
      }),
  },
  {
    name: 'ali-oss in a browser',
    print: (h) => inJson2({ meta: null, res: { status: 200, headers: h }, status: 200 }),
  },
  {
    name: 'ali-oss, meta',
    print: (h) => inJson2({ status: 200, meta: renamed(h, bare), res: { headers: {} } }),
  },
  {
    name: 'aws s3api head-object',
    print: (h) => inJson2({ AcceptRanges: 'bytes', ContentLength: 6, Metadata: renamed(h, bare) }),
  },
  {
    name: 'boto3',
    print: (h) =>
      `{'ResponseMetadata': {'HTTPHeaders': {${rows(h)
        .map(([n, v]) => `'${n.replace('oss', 'amz')}': '${v}'`)
        .join(', ')}}}, 'Metadata': {${rows(h)
        .map(([n, v]) => `'${bare(n)}': '${v}'`)
        .join(', ')}}}`,
  },
  {
    name: 'HAR',
    print: (h) =>
      inJson2({
        log: {
          entries: [
            {
              request: { headers: [] },
              response: { headers: rows(h).map(([name, value]) => ({ name, value })) },
            },
          ],
        },
      }),
  },
  {
    name: 'Postman',
    print: (h) =>
      inJson2({ header: rows(h).map(([key, value]) => ({ key, value, enabled: true })) }),
  },
  { name: 'Node rawHeaders', print: (h) => inJson2({ rawHeaders: rows(h).flat() }) },
  { name: 'pairs', print: (h) => inJson2({ headers: rows(h) }) },
  {
    name: 'lines in a list',
    print: (h) =>
      inJson2({ headers: ['HTTP/1.1 200 OK', ...rows(h).map(([n, v]) => `${n}: ${v}`)] }),
  },
  { name: 'JSON in JSON', print: (h) => inJson2({ message: inJson2({ headers: h }) }) },
  {
    name: 'JSON in JSON in JSON',
    print: (h) => inJson2([inJson2({ message: inJson2({ headers: h }) })]),
  },
  {
    name: 'lines in JSON',
    print: (h) => inJson2({ stderr: `* x\n${lines(h, (n, v) => `< ${n}: ${v}\r`)}` }),
  },
  {
    name: 'JSON lines',
    print: (h) => `${inJson2({ level: 'info' })}\n${inJson2({ headers: h })}\n`,
  },
  {
    name: 'JSON in a log line',
    print: (h) => `2026-09-01 10:11:12 answer: ${inJson2(h)} in 12 ms`,
  },
  {
    name: 'JSON with comments',
    print: (h) => `// headers\n{\n${lines(h, (n, v) => `  "${n}": ${inJson(v)}, // x`)}}`,
  },
  { name: 'JSON, escaped for a shell', print: (h) => inJson2(inJson2(h)).slice(1, -1) },
  {
    name: 'deep in JSON',
    print: (h) => inJson2({ a: [{ b: { c: { d: [{ e: { Headers: h } }] } } }] }),
  },
  { name: 'copied as HTML', print: (h) => html(inJson2(h)) },
  { name: 'HTTPie', print: (h) => lines(h, (n, v) => `${capital(n)}: ${v}`) },
  {
    name: 'Elixir',
    print: (h) =>
      `[${rows(h)
        .map(([n, v]) => `{"${n}", ${inJson(v)}}`)
        .join(', ')}]`,
  },
  {
    name: 'Scala',
    print: (h) =>
      `Map(${rows(h)
        .map(([n, v]) => `${n} -> ${v}`)
        .join(', ')})`,
  },
  { name: 'empty lines between', print: (h) => lines(h, (n, v) => `${n}: ${v}`, '\n\n') },
  {
    name: 'nothing but what is needed, in one line',
    print: (h) =>
      rows(h)
        .map(([n, v]) => `${n}: ${v}`)
        .join('; '),
  },
  {
    name: 'HTTPie with colours',
    print: (h) =>
      lines(
        h,
        (n, v) =>
          `\x1b[36m${capital(n)}\x1b[39;49;00m: \x1b[33m${v}\x1b[39;49;00m\x1b[37m\x1b[39;49;00m`,
      ),
  },
  {
    name: 'curl with bold names',
    print: (h) => lines(h, (n, v) => `\x1b[1m${n}\x1b[0m: ${v}`, '\r\n'),
  },
  { name: 'cat -v', print: (h) => lines(h, (n, v) => `${n}: ${v}^M`) },
  { name: 'cat -A of bold names', print: (h) => lines(h, (n, v) => `^[[1m${n}^[[0m: ${v}^M$`) },
  {
    name: 'grep with colours',
    print: (h) => lines(h, (n, v) => `\x1b[35mh.txt\x1b[m\x1b[K\x1b[36m:\x1b[m\x1b[K${n}: ${v}`),
  },
  {
    name: 'findstr of several files',
    print: (h) => lines(h, (n, v) => `C:\\dumps\\head.txt:${n}: ${v}`, '\r\n'),
  },
  {
    name: 'jq with colours',
    print: (h) =>
      `\x1b[1;39m{\n${lines(h, (n, v) => `  \x1b[0m\x1b[34;1m${inJson(n)}\x1b[0m\x1b[1;39m:\x1b[0m \x1b[0;32m${inJson(v)}\x1b[0m\x1b[1;39m,`)}\x1b[1;39m}`,
  },
  {
    name: 'PowerShell Format-List, 80 columns',
    print: (h) =>
      lines(
        h,
        (n, v) =>
          `${n.padEnd(42)} : ${v.startsWith('{') ? v : wrapped(v, 35, `\r\n${''.padEnd(45)}`)}`,
        '\r\n',
      ),
  },
  {
    name: 'Go %+v',
    print: (h) =>
      `&{ContentLength:6 Headers:map[${rows(h)
        .map(([n, v]) => `${capital(n)}:[${v}]`)
        .join(' ')}] Status:200 OK}`,
  },
  {
    name: 'Go %q',
    print: (h) =>
      `map[${rows(h)
        .map(([n, v]) => `${inJson(capital(n))}:[${inJson(v)}]`)
        .join(' ')}]`,
  },
  {
    name: 'Java, names that are lists',
    print: (h) =>
      `[${rows(h)
        .map(([n, v]) => `${n}: ${v}`)
        .join(', ')}]`,
  },
  {
    name: 'nginx log',
    print: (h) =>
      `1.2.3.4 - - "HEAD /f HTTP/1.1" 200 ${rows(h)
        .map(([n, v]) => `${n}="${v.replaceAll('"', '\\x22')}"`)
        .join(' ')}`,
  },
  {
    name: 'tcpdump -A',
    print: (h) =>
      `10:11:12.1 IP a.80 > b.4: Flags [P.], length 900\nE..4..@.@...HTTP/1.1 200 OK\r\n${lines(h, (n, v) => `${n}: ${v}`, '\r\n')}\r\n`,
  },
  {
    name: 'Kotlin',
    print: (h) =>
      `Headers(${rows(h)
        .map(([n, v]) => `(${n}, ${v})`)
        .join(', ')})`,
  },
  {
    name: 'Swift',
    print: (h) =>
      `["Status": "200", ${rows(h)
        .map(([n, v]) => `AnyHashable("${n}"): ${inJson(v)}`)
        .join(', ')}]`,
  },
  {
    name: 'Lua',
    print: (h) =>
      `{ ${rows(h)
        .map(([n, v]) => `["${n}"] = ${inJson(v)}`)
        .join(', ')} }`,
  },
  {
    name: 'Erlang',
    print: (h) =>
      `[${rows(h)
        .map(([n, v]) => `{<<"${n}">>,<<${inJson(v)}>>}`)
        .join(',\n ')}]`,
  },
  {
    name: 'Clojure',
    print: (h) =>
      `{${rows(h)
        .map(([n, v]) => `${inJson(n)} ${inJson(v)}`)
        .join(', ')}}`,
  },
  {
    name: 'C# dictionary',
    print: (h) =>
      rows(h)
        .map(([n, v]) => `[${n}, ${v}]`)
        .join('\r\n'),
  },
  { name: 'TOML', print: (h) => `[headers]\n${lines(h, (n, v) => `"${n}" = '${v}'`)}` },
  { name: 'Terraform', print: (h) => lines(h, (n, v) => `+ "${n}" = ${inJson(v)}`) },
  { name: 'a diff', print: (h) => `@@ -1 +1 @@\n${lines(h, (n, v) => `+${n}: ${v}`)}` },
  {
    name: 'a shell script',
    print: (h) => lines(h, (n, v) => `curl -H '${n}: ${v}' \\`) + nothing(),
  },
  {
    name: 'curl --trace-ascii',
    print: (h) =>
      lines(
        h,
        (n, v) =>
          `<= Recv header, ${n.length + v.length} bytes\n${wrapped(`${n}: ${v}`, 64, '\n')
            .split('\n')
            .map((one, i) => `${(i * 64).toString(16).padStart(4, '0')}: ${one}`)
            .join('\n')}`,
      ),
  },
  {
    name: 'copied as cURL for cmd',
    print: (h) =>
      `curl "https://b" ^\r\n${lines(h, (n, v) => `  -H "${n}: ${v.replaceAll('"', '\\^"')}" ^`, '\r\n')}`,
  },
  {
    name: 'copied as PowerShell',
    print: (h) =>
      `Invoke-WebRequest -Headers @{\n${lines(h, (n, v) => `  "${n}"="${v.replaceAll('"', '`"')}"`)}}`,
  },
  {
    name: 'copied as fetch',
    print: (h) =>
      `fetch("https://b/f", {\n  "headers": {\n${lines(h, (n, v) => `    "${n}": ${inJson(v)},`)}  },\n  "method": "HEAD"\n});`,
  },
  {
    name: 'wire log of a Java client',
    print: (h) =>
      lines(
        h,
        (n, v) =>
          `2026-09-01 DEBUG org.apache.http.wire - http-outgoing-0 << "${n}: ${v}[\\r][\\n]"`,
      ),
  },
  {
    name: 'Go spew',
    print: (h) =>
      `(http.Header) (len=4) {\n${lines(h, (n, v) => ` (string) (len=${n.length}) "${capital(n)}": ([]string) (len=1 cap=1) {\n  (string) (len=${v.length}) ${inJson(v)}\n },`)}}`,
  },
  {
    name: 'Rust {:#?}',
    print: (h) =>
      `{\n${lines(h, (n, v) => `    HeaderName("${n}"): Some(\n        ${inJson(v)},\n    ),`)}}`,
  },
  { name: 'R str', print: (h) => lines(h, (n, v) => ` $ ${n}: chr "${v}"`) },
  {
    name: 'Nim',
    print: (h) =>
      `{${rows(h)
        .map(([n, v]) => `"${n}": @[${inJson(v)}]`)
        .join(', ')}}`,
  },
  {
    name: 'Emacs Lisp',
    print: (h) =>
      `(${rows(h)
        .map(([n, v]) => `("${n}" . ${inJson(v)})`)
        .join(' ')})`,
  },
  { name: 'a table of lines', print: (h) => lines(h, (n, v) => `│ ${n.padEnd(50)} │ ${v} │`) },
  { name: 'colons of Chinese', print: (h) => lines(h, (n, v) => `${n}：${v}`) },
  {
    name: 'characters that nobody sees',
    print: (h) => lines(h, (n, v) => `${n}:\u200b${v}\u200b`),
  },
  {
    name: 'HTML, a tag to a line',
    print: (h) =>
      `<dl>\n${lines(h, (n, v) => `  <dt>\n    ${n}\n  </dt>\n  <dd>\n    ${html(v)}\n  </dd>`)}</dl>`,
  },
  {
    name: 'values with their types',
    print: (h) => inJson2({ Item: Object.fromEntries(rows(h).map(([n, v]) => [n, { S: v }])) }),
  },
  {
    name: 'lists of values with their types',
    print: (h) =>
      inJson2({ headers: Object.fromEntries(rows(h).map(([n, v]) => [n, [{ value: v }]])) }),
  },
  {
    name: 'the query of a URL',
    print: (h) =>
      rows(h)
        .map(([n, v]) => `${n}=${encodeURIComponent(v)}`)
        .join('&'),
  },
  {
    name: 'quoted-printable',
    print: (h) =>
      'content-type: text/plain; charset=3Dutf-8\r\n' +
      lines(
        h,
        (n, v) => wrapped(`${n}: ${v}`, 60, '\0').replaceAll('=', '=3D').replaceAll('\0', '=\r\n'),
        '\r\n',
      ),
  },
]

function inJson2(value: unknown): string {
  return JSON.stringify(value)
}
