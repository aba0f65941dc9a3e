import { writeFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { openControl } from '../../electron/core/transfer/run/control.ts'
import { ok } from '../../shared/contract/errors.ts'
import { errorOf } from './oss-practice.ts'
import { GOOD, META, PUT, smallKit } from './small-kit.ts'
import { plaintext, testKey } from './transfer-kit.ts'

const { k, file, small, opens, puts } = smallKit()

describe('the user says stop', () => {
  const answered = async (count: number): Promise<void> =>
    void (await expect.poll(() => k.practice.log.entries().length).toBe(count))

  test('before it began', async () => {
    const control = openControl()
    control.cancel()
    expect((await errorOf(small(await file(plaintext(10)), {}, k.running(control)))).code).toBe(
      'cancelled',
    )
    expect(k.practice.log.entries()).toEqual([])
  })

  test('while it waits for the key, and the others go on', async () => {
    const control = openControl()
    let give = (): void => undefined
    const masterKey = async () => (await new Promise<void>((done) => (give = done)), ok(testKey()))
    const [a, b] = [await file(plaintext(10), 'a'), await file(plaintext(10), 'b')]
    const [first, second] = [small(a, { masterKey }, k.running(control)), small(b, { masterKey })]
    await new Promise((done) => setTimeout(done, 20))
    control.cancel()
    give()
    expect((await errorOf(first)).code).toBe('cancelled')
    expect(await second).toEqual(GOOD)
  })

  test('all of them, while they wait for the key: nobody waits any longer', async () => {
    const control = openControl()
    const masterKey = (signal: AbortSignal) =>
      new Promise<never>((_, reject) =>
        signal.addEventListener('abort', () => reject(new Error('the key was let go'))),
      )
    const path = await file(plaintext(10))
    const both = [1, 2].map(() => small(path, { masterKey }, k.running(control)))
    await new Promise((done) => setTimeout(done, 20))
    control.cancel()
    for (const one of both) await expect(one).rejects.toThrow('the key was let go')
  })

  test('once it is encrypted, or while it is signed: nothing is sent', async () => {
    const path = await file(plaintext(100))
    const early = openControl()
    expect(
      (
        await errorOf(
          small(
            path,
            {},
            k.running(early, ({ t }) => void (t === 'planned' && early.cancel())),
          ),
        )
      ).code,
    ).toBe('cancelled')
    const late = openControl()
    const { accessKeyId, accessKeySecret } = k.practice
    const oss = k.connect(
      {},
      {},
      {
        credentials: async () => (
          late.cancel(),
          ok({ accessKeyId, accessKeySecret, securityToken: null })
        ),
      },
    )
    expect((await errorOf(small(path, { oss: async () => ok(oss) }, k.running(late)))).code).toBe(
      'cancelled',
    )
    expect(k.practice.log.entries()).toEqual([])
  })

  test('while it is under way: at once, and the connection with it', async () => {
    const control = openControl()
    k.practice.faults.add({ match: PUT, do: { kind: 'delay', ms: 5000 } })
    const ended = small(await file(plaintext(1000)), { key: 'cancelled' }, k.running(control))
    await answered(1)
    control.cancel()
    expect((await errorOf(ended)).code).toBe('cancelled')
    // The server has not answered yet.
    expect(k.practice.log.entries().map(({ status }) => status)).toEqual([0])
  })

  test('while it waits between attempts', async () => {
    const control = openControl()
    k.practice.faults.add({ match: PUT, do: { kind: 'throttle', delayMs: 30_000 }, times: 9 })
    const running = k.running(
      control,
      ({ t }) => void (t === 'retried' && setTimeout(() => control.cancel(), 10)),
    )
    expect((await errorOf(small(await file(plaintext(1000)), {}, running))).code).toBe('cancelled')
  })

  test('a pause before it began waits; a cancel ends it', async () => {
    const control = openControl()
    control.pause()
    const path = await file(plaintext(100))
    const ended = small(path, {}, k.running(control))
    await new Promise((done) => setTimeout(done, 60))
    expect(k.practice.log.entries()).toEqual([])
    control.resume()
    expect(await ended).toEqual(GOOD)
    control.pause()
    const second = small(path, { key: 'b' }, k.running(control))
    control.cancel()
    expect((await errorOf(second)).code).toBe('cancelled')
  })

  test('a pause lets the attempt that is under way end, and starts over after one that failed: as the file is then, under a new key', async () => {
    const [old, plain] = [plaintext(1000), plaintext(2000)]
    const path = await file(old)
    const control = openControl()
    k.practice.faults.add({
      match: PUT,
      do: { kind: 'status', status: 503, code: 'ServiceUnavailable' },
    })
    const running = k.running(control, ({ t }) => {
      if (t !== 'retried') return
      control.pause()
      writeFileSync(path, plain)
      setTimeout(() => control.resume(), 60)
    })
    expect(await small(path, {}, running)).toEqual(GOOD)
    await opens('source.bin', plain)
    expect(new Set(puts().map(({ headers }) => headers.get(`${META}key`))).size).toBe(2)
    expect(
      running.steps
        .filter(({ t }) => t === 'planned')
        .map((step) => (step as { total: number }).total),
    ).toEqual([1000, 2000])
  })

  test('what an attempt before the pause did after all is found and taken', async () => {
    const plain = plaintext(1000)
    const path = await file(plain)
    const control = openControl()
    // Twice: over a kept connection the first loss is answered by sending the same once more,
    // before anybody hears of it.
    k.practice.faults.add({ match: PUT, do: { kind: 'lose-response' }, times: 2 })
    let paused = false
    const running = k.running(control, ({ t }) => {
      if (t !== 'retried' || paused) return
      paused = true
      control.pause()
      setTimeout(() => control.resume(), 20)
    })
    expect(await small(path, {}, running)).toEqual(GOOD)
    expect(new Set(puts().map(({ headers }) => headers.get(`${META}key`))).size).toBe(2)
    await opens('source.bin', plain)
  })

  test('a pause while it is encrypted: nothing is sent before it ends', async () => {
    const control = openControl()
    let paused = false
    const running = k.running(control, ({ t }) => {
      if (t !== 'planned' || paused) return
      paused = true
      control.pause()
    })
    const ended = small(await file(plaintext(100)), {}, running)
    await expect.poll(() => paused).toBe(true)
    await new Promise((done) => setTimeout(done, 60))
    expect(puts()).toEqual([])
    control.resume()
    expect(await ended).toEqual(GOOD)
  })
})
