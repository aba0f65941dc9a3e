import { fail, ok } from '../../../../shared/contract/errors.ts'
import type { Settings } from '../../../../shared/contract/models-settings.ts'
import type { SecretsStatus } from '../../../../shared/contract/models.ts'
import { offeredDrags } from '../offered-drags.ts'
import { PRACTICE_PROFILE } from '../profiles/profiles.ts'
import type { HandlersOf, Parts } from '../parts.ts'

const PLATFORMS: Readonly<Record<string, 'mac' | 'windows' | 'linux'>> = {
  darwin: 'mac',
  win32: 'windows',
}

export function appHandlers({
  ports,
  settings,
  secrets,
  emitter,
  problems,
  catalog,
  profiles,
  seedPractice,
  samples,
  views,
  places,
  localIndex,
}: Parts): HandlersOf<'app' | 'settings' | 'view' | 'places' | 'drags' | 'practice' | 'secrets'> {
  const drags = offeredDrags()
  const { practice } = ports
  /**
   * Replaces the secret store's account names by the names of profiles and keys, which people know.
   */
  const named = (status: SecretsStatus): SecretsStatus => ({
    ...status,
    lost: status.lost.flatMap(
      (account) => profiles.nameOfAccount(account) ?? catalog.nameOfAccount(account) ?? [],
    ),
  })
  return {
    'app.info': async () =>
      ok({
        version: ports.version,
        language: ports.language ?? null,
        shell: ports.shell,
        platform: PLATFORMS[process.platform] ?? 'linux',
        practice:
          practice === null
            ? null
            : {
                profileId: PRACTICE_PROFILE,
                bucket: practice.bucket,
                bytes: await practice.bytes(),
                samples: samples(),
              },
        problems: problems(),
      }),
    'drags.offer': async ({ id }, _signal, session) => {
      drags.offer(id, session)
      return ok(null)
    },
    'drags.take': async ({ id }) => ok(drags.take(id)),
    'settings.get': async () => ok(settings.current()),
    'settings.update': async (change) => {
      const given = Object.fromEntries(
        Object.entries(change).filter(([, value]) => value !== undefined),
      ) as Partial<Settings>
      const updated = await settings.update(given)
      emitter.emit('settings.changed', updated)
      return ok(updated)
    },
    'view.get': async () => ok(await views.get()),
    'view.set': async (view) => {
      await views.set(view)
      return ok(null)
    },
    'places.get': async () => ok(await places.get()),
    'places.change': async (change) => {
      emitter.emit('places.changed', await places.change(change))
      return ok(null)
    },
    'practice.reset': async () => {
      if (practice === null) return fail({ code: 'not-found', what: 'bucket', name: 'practice' })
      await practice.reset()
      await localIndex.forget(PRACTICE_PROFILE)
      await seedPractice()
      emitter.emit('objects.changed', {
        profileId: PRACTICE_PROFILE,
        bucket: practice.bucket,
        prefix: '',
      })
      return ok(null)
    },
    'secrets.status': async () => ok(named(await secrets.status())),
    'secrets.check': async () => {
      const status = named(await secrets.check())
      emitter.emit('secrets.changed', status)
      return ok(status)
    },
    'secrets.unlock': async ({ passphrase }) => {
      const unlocked = await secrets.unlock(passphrase)
      if (!unlocked.ok) return unlocked
      const status = named(unlocked.value)
      emitter.emit('secrets.changed', status)
      return ok(status)
    },
  }
}
