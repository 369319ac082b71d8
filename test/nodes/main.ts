/**
 * Runs check.ts on Node 22, 24 and 26, which it installs from the registry (the npm package `node`) into
 * node_modules/.cache/nodes. `node test/nodes/main.ts [major ...]`; fails when one of them fails or cannot be had.
 */
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const majors = process.argv.length > 2 ? process.argv.slice(2) : ['22', '24', '26']
const cache = fileURLToPath(new URL('../../node_modules/.cache/nodes/', import.meta.url))
const check = fileURLToPath(new URL('check.ts', import.meta.url))

/** The binary of this major, installed if need be; undefined where npm could not. */
function nodeOf(major: string): string | undefined {
  const prefix = `${cache}${major}`
  const binary = `${prefix}/node_modules/node/bin/node`
  if (existsSync(binary)) return binary
  mkdirSync(prefix, { recursive: true })
  const flags = ['--no-save', '--no-package-lock', '--no-audit', '--no-fund', '--loglevel=error']
  spawnSync('npm', ['install', ...flags, '--prefix', prefix, `node@${major}`], { stdio: 'inherit' })
  return existsSync(binary) ? binary : undefined
}

for (const major of majors) {
  const binary = nodeOf(major)
  if (binary === undefined) {
    console.error(`node ${major}: not run, npm could not install it`)
    process.exitCode = 1
    continue
  }
  const { status, signal } = spawnSync(binary, ['--no-warnings', check], {
    stdio: 'inherit',
    timeout: 60_000,
  })
  if (status === 0) continue
  console.error(`node ${major}: failed (${signal ?? `exit code ${status}`})`)
  process.exitCode = 1
}
