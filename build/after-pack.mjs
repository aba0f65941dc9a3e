// electron-builder calls this for every packed folder: a keytar of another architecture must not be
// shipped unnoticed.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** electron-builder's numbers for architectures. */
const ARCHITECTURES = /** @type {Record<number, string>} */ ({ 1: 'x64', 3: 'arm64' })

/**
 * Architecture of a native module: 'x64', 'arm64', or 'unknown'.
 * Source: ELF e_machine; Mach-O cputype; PE Machine.
 * @param {Buffer} bytes
 */
export function architectureOf(bytes) {
  const named = (
    /** @type {number} */ value,
    /** @type {number} */ x64,
    /** @type {number} */ arm64,
  ) => (value === x64 ? 'x64' : value === arm64 ? 'arm64' : 'unknown')
  if (bytes.length < 64) return 'unknown'
  if (bytes.readUInt32BE(0) === 0x7f454c46) return named(bytes.readUInt16LE(18), 0x3e, 0xb7)
  if (bytes.readUInt32LE(0) === 0xfeedfacf)
    return named(bytes.readUInt32LE(4), 0x01000007, 0x0100000c)
  const header = bytes.readUInt16LE(0) === 0x5a4d ? bytes.readUInt32LE(60) : bytes.length
  return header + 6 <= bytes.length
    ? named(bytes.readUInt16LE(header + 4), 0x8664, 0xaa64)
    : 'unknown'
}

/**
 * @param {{
 *   appOutDir: string, arch: number, electronPlatformName: string,
 *   packager: { appInfo: { productFilename: string } }
 * }} context
 */
export async function afterPack({ appOutDir, arch, electronPlatformName, packager }) {
  const resources =
    electronPlatformName === 'darwin'
      ? join(`${packager.appInfo.productFilename}.app`, 'Contents', 'Resources')
      : 'resources'
  const file = join(
    appOutDir,
    resources,
    'app.asar.unpacked',
    'node_modules',
    'keytar',
    'build',
    'Release',
    'keytar.node',
  )
  checkIndexEngine(join(appOutDir, resources, 'app.asar.unpacked', 'node_modules', '@libsql'), arch)
  if (!existsSync(file)) {
    console.warn('  • packed without keytar: secrets will be kept in a file under a passphrase')
    return
  }
  const [wanted, found] = [ARCHITECTURES[arch], architectureOf(readFileSync(file))]
  if (wanted !== found)
    throw new Error(
      `keytar here is built for ${found}, the package is for ${wanted}: pack on a computer of that architecture.`,
    )
}

/**
 * Warns when the engine of the local index is not packed for this architecture.
 * @param {string} folder its packages, one for each kind of computer
 * @param {number} arch
 */
function checkIndexEngine(folder, arch) {
  const wanted = ARCHITECTURES[arch]
  const names = existsSync(folder) ? readdirSync(folder) : []
  const has = names.some((name) => {
    const engine = join(folder, name, 'index.node')
    return existsSync(engine) && architectureOf(readFileSync(engine)) === wanted
  })
  if (!has) console.warn('  • packed without libsql: the local index will be in memory')
}
