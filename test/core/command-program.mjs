// A program for `commandMasterKey` that behaves as its first argument says. Second argument: folder
// that gets a file named after each process id; third: what a mode needs.
import { spawn } from 'node:child_process'
import {
  closeSync,
  existsSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { join } from 'node:path'

const [mode = '', folder = '', extra = ''] = process.argv.slice(2)
/** @param {number | undefined} pid */
const here = (pid) => writeFileSync(join(folder, `pid-${pid}`), '')
here(process.pid)

const request = () => JSON.parse(readFileSync(0, 'utf8'))
/** Fixed bytes in front, and every byte changed. @param {any} asked */
const answerTo = ({ operation, bytes }) => {
  const given = Buffer.from(bytes, 'base64')
  const turned = (operation === 'wrap' ? given : given.subarray(4)).map((byte) => byte ^ 0x5a)
  return JSON.stringify({
    bytes: Buffer.concat(operation === 'wrap' ? [Buffer.from('WRAP'), turned] : [turned]).toString(
      'base64',
    ),
  })
}
/** @param {string | Uint8Array} text */
const say = (text) => void writeSync(1, text)
const wait = () => setInterval(() => undefined, 1000)
const holder = (/** @type {boolean} */ detached) =>
  spawn(process.execPath, ['-e', 'setInterval(() => undefined, 1000)'], {
    detached,
    stdio: ['ignore', 'inherit', 'ignore'],
  })
/** Endless, whoever reads. @param {number} fd */
const flood = (fd) => {
  const chunk = Buffer.alloc(65_536, 'x')
  for (;;) writeSync(fd, chunk)
}

const modes = {
  good: () => say(answerTo(request())),
  'tiny pieces': () => {
    for (const byte of Buffer.from(`\n ${answerTo(request())}\r\n`)) say(Uint8Array.of(byte))
  },
  'byte order mark': () => say(`\ufeff${answerTo(request())}`),
  'more members': () =>
    say(JSON.stringify({ version: 7, ...JSON.parse(answerTo(request())), note: 'ü' })),
  'closes stdin': () => {
    closeSync(0)
    say('{"bytes":"V1JBUA=="}')
  },
  'reads nothing': () => say('{"bytes":"V1JBUA=="}'),
  'floods stderr': () => {
    const answer = answerTo(request())
    for (let i = 0; i < 64; i++) writeSync(2, Buffer.alloc(65_536, 'e'))
    say(answer)
  },
  'leaves a child with stdout': () => {
    const answer = answerTo(request())
    here(holder(false).pid)
    say(answer)
    process.exit(0)
  },
  'leaves a daemon with stdout': () => {
    const answer = answerTo(request())
    const daemon = holder(true)
    writeFileSync(join(folder, 'daemon'), String(daemon.pid))
    say(answer)
    process.exit(0)
  },
  hangs: wait,
  'hangs with a child': () => {
    here(holder(false).pid)
    wait()
  },
  'hangs and will not end': () => {
    process.on('SIGTERM', () => undefined)
    wait()
  },
  'hangs after its answer': () => {
    say(answerTo(request()))
    wait()
  },
  'floods stdout': () => flood(1),
  'floods stdout when asked to end': () => {
    process.on('SIGTERM', () => flood(1))
    wait()
  },
  says: () => say(Buffer.from(extra, 'hex')),
  'says and exits 3': () => {
    say(answerTo(request()))
    process.exitCode = 3
  },
  'tells secrets and dies': () => {
    const { bytes } = request()
    writeSync(2, bytes)
    say(bytes)
    process.exit(1)
  },
  'dies of SIGSEGV': () => process.kill(process.pid, 'SIGSEGV'),
  'dies of SIGKILL': () => process.kill(process.pid, 'SIGKILL'),
  echoes: () => say(JSON.stringify({ bytes: request().bytes })),
  'echoes in the middle': () =>
    say(
      JSON.stringify({
        bytes: Buffer.concat([
          Buffer.from('abc'),
          Buffer.from(request().bytes, 'base64'),
          Buffer.from('d'),
        ]).toString('base64'),
      }),
    ),
  answers: () => say(JSON.stringify({ bytes: Buffer.alloc(Number(extra), 1).toString('base64') })),
  'refuses with what it got': () => {
    const { bytes } = request()
    const raw = Buffer.from(bytes, 'base64')
    say(
      JSON.stringify({ error: `no: ${bytes} ${raw.toString('hex')} ${raw.toString('base64url')}` }),
    )
  },
  refuses: () => say(JSON.stringify({ error: extra })),
  tells: () =>
    say(
      JSON.stringify({
        bytes: Buffer.from(
          JSON.stringify({
            asked: request(),
            env: process.env,
            cwd: process.cwd(),
            argv: process.argv.slice(4),
          }),
        ).toString('base64'),
      }),
    ),
  'counts its like': async () => {
    while (!existsSync(join(folder, 'go'))) await new Promise((done) => setTimeout(done, 5))
    const running = readdirSync(folder).filter((name) => name.startsWith('pid-')).length
    rmSync(join(folder, `pid-${process.pid}`))
    say(JSON.stringify({ bytes: Buffer.from([running]).toString('base64') }))
  },
}

await modes[/** @type {keyof typeof modes} */ (mode)]()
