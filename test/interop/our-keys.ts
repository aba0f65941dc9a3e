import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { WriteFormat } from '../../shared/contract/models.ts'
import type { In, Out, RouteName } from '../../shared/contract/routes/routes.ts'
import type { Format, Master } from './protocol.ts'

type Call = <N extends RouteName>(name: N, input: In<N>) => Promise<Out<N>>

/**
 * The master keys of the matrix in Cipherbucket's own catalog: imported, added or configured when
 * first asked for.
 */
export interface OurKeys {
  idOf(master: Master): Promise<string>
}

/** The format that an upload is told to write; nothing where the key writes it by itself. */
export const WRITE_FORMATS: Partial<Record<Format, WriteFormat>> = {
  'v2-oaep': 'v2-oaep',
  'v2-kms-b': 'v2-kms-b',
  'v1-rsa': 'v1',
  'v1-kms': 'v1',
  'sdk-split': 'sdk-split',
  'sdk-message': 'sdk-message',
}

/** `folder`: for key files, private. `exampleKey`: path of example-key.mjs. */
export function openOurKeys(call: Call, folder: string, exampleKey: string): OurKeys {
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const added = new Map<string, Promise<string>>()
  let made = 0
  const granted = async (path: string) =>
    (await call('local.grant', { paths: [path], write: false }))[0]?.id ?? ''

  async function add(master: Master): Promise<string> {
    const number = (made += 1)
    const fields = {
      name: `key ${number}`,
      description: master.description === null ? '' : JSON.stringify(master.description),
      style: (master.kind === 'rsa' && master.style) || ('compact' as const),
    }
    switch (master.kind) {
      case 'rsa': {
        const path =
          master.privatePem === ''
            ? join(master.files ?? '', '.private_key.pem')
            : join(folder, `${number}.pem`)
        if (master.privatePem !== '') writeFileSync(path, master.privatePem, { mode: 0o600 })
        return (
          await call('keys.import', {
            ...fields,
            grant: await granted(path),
            passphrase: master.passphrase,
            use: 'active',
          })
        ).id
      }
      case 'kms': {
        const { region, endpoint, cmkId, accessKeyId, accessKeySecret, passphrase } = master
        const credential = { kind: 'own' as const, accessKeyId, accessKeySecret, securityToken: '' }
        return (
          await call('keys.addKms', {
            ...fields,
            region,
            endpoint,
            credential,
            cmkId,
            context: '',
            passphrase,
            writes: 'v2',
          })
        ).id
      }
      case 'custom': {
        const secret = join(folder, `${number}.secret`)
        writeFileSync(secret, master.secret, { mode: 0o600 })
        const key = await call('keys.addCommand', {
          ...fields,
          program: await granted(process.execPath),
          args: [exampleKey, secret],
          wrapAlgorithm: master.wrapAlgorithm,
          timeoutSeconds: 60,
        })
        return key.id
      }
    }
  }

  return {
    idOf(master) {
      const name = JSON.stringify(master)
      const known = added.get(name)
      if (known !== undefined) return known
      const adding = add(master)
      added.set(name, adding)
      // A key that could not be added now may be later, when its file is there.
      adding.catch(() => added.delete(name))
      return adding
    },
  }
}
