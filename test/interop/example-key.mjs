#!/usr/bin/env node
// The master key of a user's own that every driver has, as a program for Cipherbucket:
// example-key.mjs <file with 64 hex digits>. One JSON object on stdin, one on stdout. Wrapped: a
// nonce of 16 random bytes, then AES-256-CTR with it as the first counter block.
import { createCipheriv, randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'

const secret = Buffer.from(readFileSync(process.argv[2] ?? '', 'utf8').trim(), 'hex')
const { operation, bytes } = JSON.parse(readFileSync(0, 'utf8'))
const given = Buffer.from(bytes, 'base64')
const nonce = operation === 'wrap' ? randomBytes(16) : given.subarray(0, 16)
const changed = createCipheriv('aes-256-ctr', secret, nonce).update(
  operation === 'wrap' ? given : given.subarray(16),
)
process.stdout.write(
  JSON.stringify({
    bytes: Buffer.concat(operation === 'wrap' ? [nonce, changed] : [changed]).toString('base64'),
  }),
)
