// Peer of ali-oss, Alibaba's SDK for Node: a listing page after page, as its documents show the
// loop. Speaks the driver protocol.
import { createRequire } from 'node:module'
import { createInterface } from 'node:readline'
import OSS from 'ali-oss'

const { version } = createRequire(import.meta.url)('ali-oss/package.json')
/** One client for all requests, so that its connections stay open. */
let client = null

const operations = {
  hello: () => ({
    name: 'bench-ali-oss',
    sdk: 'ali-oss',
    version,
    runtime: `Node ${process.versions.node}`,
    ops: ['list'],
    masters: [],
    signatures: ['v4'],
  }),
  async list({ at, key }) {
    client ??= new OSS({
      region: `oss-${at.region}`,
      endpoint: at.endpoint,
      secure: false,
      sldEnable: true,
      authorizationV4: true,
      bucket: at.bucket,
      accessKeyId: at.accessKeyId,
      accessKeySecret: at.accessKeySecret,
    })
    const began = performance.now()
    let [first, objects, token] = [0, 0, null]
    do {
      const page = await client.listV2({
        prefix: key,
        delimiter: '/',
        'max-keys': 1000,
        ...(token === null ? {} : { 'continuation-token': token }),
      })
      if (objects === 0) first = performance.now() - began
      objects += page.objects?.length ?? 0
      token = page.nextContinuationToken ?? null
    } while (token !== null)
    return { first: first / 1000, all: (performance.now() - began) / 1000, objects }
  },
}

for await (const line of createInterface({ input: process.stdin })) {
  const { id, op, ...request } = JSON.parse(line)
  let answer
  try {
    answer = { id, ok: true, ...(await operations[op](request)) }
  } catch (cause) {
    answer = { id, ok: false, error: String(cause?.message ?? cause) }
  }
  process.stdout.write(`${JSON.stringify(answer)}\n`)
}
