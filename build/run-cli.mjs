#!/usr/bin/env node
// The `cipherbucket` command: builds itself when a source is newer, and is otherwise only the
// bundle. Nothing on stdout.
import { pathToFileURL } from 'node:url'
import { staleBundles } from './freshness.mjs'
import { inRoot, run } from './tools.mjs'

const needed = /** @type {const} */ (['cli', 'core/part-worker', 'core/index-worker'])
if (
  staleBundles(needed).length > 0 &&
  run(process.execPath, [inRoot('build', 'build-cli.mjs')], { quiet: true }) !== 0
)
  process.exit(1)
await import(pathToFileURL(inRoot('out', 'cli.mjs')).href)
