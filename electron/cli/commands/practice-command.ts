import { startPractice } from '../../practice/start.ts'

/**
 * Runs the practice server until it is told to stop. The first line on stdout says how to reach it,
 * as JSON.
 */
export async function practice(
  directory: string,
  port: number,
  signal: AbortSignal,
): Promise<void> {
  const stopped = new Promise<void>((resolve) => {
    signal.addEventListener('abort', () => resolve(), { once: true })
    process.once('SIGTERM', () => resolve())
  })
  const server = await startPractice({ directory, port })
  const { endpoint, region, accessKeyId, accessKeySecret, bucket, kms } = server
  process.stdout.write(
    `${JSON.stringify({ endpoint, region, accessKeyId, accessKeySecret, bucket, kmsEndpoint: kms.endpoint, cmkId: kms.cmkId })}\n`,
  )
  await stopped
  await server.close()
}
