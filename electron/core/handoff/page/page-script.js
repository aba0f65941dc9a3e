// The program of a hand-off page: shows its facts, and opens the file when the receiver asks. A
// browser runs it behind page-texts.js and page-reader.js, in one script, without anything else.

/** Bytes that a browser surely holds. */
const MOST_BYTES = 2 ** 31

/** @param {string} link @returns {Promise<ReadableStream<Uint8Array>>} */
async function fetchStored(link) {
  /** @type {Response} */
  let response
  try {
    response = await fetch(link, {
      redirect: 'error',
      credentials: 'omit',
      referrerPolicy: 'no-referrer',
      cache: 'no-store',
    })
  } catch {
    throw new Refused('unreachable')
  }
  if (!response.ok || response.body === null)
    throw new Refused('refused', { status: String(response.status) })
  return response.body
}

/** @param {number} bytes */
function sizeText(bytes) {
  const units = ['B', 'KiB', 'MiB', 'GiB']
  const unit = Math.min(3, bytes === 0 ? 0 : Math.floor(Math.log2(bytes) / 10))
  return `${(bytes / 1024 ** unit).toLocaleString(language, { maximumFractionDigits: 1 })} ${units[unit]}`
}

/** @param {Blob} plain @param {string} name */
function save(plain, name) {
  const link = document.createElement('a')
  link.href = URL.createObjectURL(plain)
  link.download = name
  link.click()
}

/** Shows the facts of the page, and opens the file when the receiver asks. */
function start() {
  document.documentElement.lang = language
  /** @type {Facts} */
  const facts = JSON.parse(element('facts').textContent ?? '')
  const seal = readSeal(facts.seal)
  const name = facts.key.split('/').findLast((part) => part !== '') ?? facts.key
  const time = new Date(facts.expires * 1000).toLocaleString(language, {
    dateStyle: 'long',
    timeStyle: 'short',
  })
  const hasEnded = Date.now() >= facts.expires * 1000
  const host = new URL(facts.link).host
  for (const one of document.querySelectorAll('[data-text]'))
    one.textContent = textOf(/** @type {TextName} */ (one.getAttribute('data-text')), {
      time,
      host,
    })
  element('name').textContent = name
  element('size').textContent = sizeText(seal.length)
  element('until').textContent = textOf(hasEnded ? 'ended' : 'until', { time })
  element('label').textContent = textOf(facts.lock.kind === 'words' ? 'words' : 'code')
  element('command').hidden = facts.lock.kind === 'words'
  element('openssl').textContent =
    `echo ${btoa(String.fromCharCode(...bytesOf(facts.lock.text)))} | openssl base64 -d -A | ` +
    'openssl pkeyutl -decrypt -inkey KEY.pem -pkeyopt rsa_padding_mode:oaep -pkeyopt rsa_oaep_md:sha256'
  const [typed, chosen] = /** @type {HTMLInputElement[]} */ ([element('typed'), element('chosen')])
  const [button, again] = /** @type {HTMLButtonElement[]} */ ([element('open'), element('again')])
  const link = /** @type {HTMLAnchorElement} */ (element('link'))
  const [status, bar] = [element('status'), /** @type {HTMLProgressElement} */ (element('bar'))]
  if (typed === undefined || chosen === undefined || button === undefined || again === undefined)
    return
  link.href = facts.link
  /** @type {Blob | null} */
  let plain = null
  again.addEventListener('click', () => plain !== null && save(plain, name))

  /** @param {() => Promise<ReadableStream<Uint8Array>>} read */
  const open = async (read) => {
    if (button.disabled) return
    button.disabled = true
    status.className = ''
    status.textContent = textOf('checking')
    link.hidden = true
    try {
      if (seal.length > MOST_BYTES) throw new Refused('large')
      const opened = await openBox(facts, typed.value)
      const keys = await checkSeal(facts, seal, opened)
      opened.fill(0)
      bar.hidden = false
      bar.max = Math.max(1, seal.length)
      plain = await verifiedPlain(seal, keys, await read(), (done) => {
        bar.value = done
        status.textContent = textOf('reading', { done: sizeText(done), all: sizeText(seal.length) })
      })
      save(plain, name)
      status.className = 'good'
      status.textContent = textOf('done')
      again.hidden = false
    } catch (cause) {
      const refused = cause instanceof Refused ? cause : new Refused('unreachable')
      status.className = 'bad'
      status.textContent = textOf(refused.text, refused.values)
      link.hidden = refused.text !== 'unreachable'
    } finally {
      bar.hidden = true
      button.disabled = false
    }
  }
  element('form').addEventListener('submit', (event) => {
    event.preventDefault()
    const file = chosen.files?.[0]
    void open(file === undefined ? () => fetchStored(facts.link) : async () => file.stream())
  })
  document.addEventListener('dragover', (event) => event.preventDefault())
  document.addEventListener('drop', (event) => {
    event.preventDefault()
    const file = event.dataTransfer?.files[0]
    if (file !== undefined) void open(async () => file.stream())
  })
}

if (globalThis.crypto?.subtle === undefined) {
  element('status').className = 'bad'
  element('status').textContent = textOf('insecure')
} else {
  try {
    start()
  } catch {
    element('status').className = 'bad'
    element('status').textContent = textOf('broken')
  }
}
