import { readFileSync } from 'node:fs'
import { findPackageJSON } from 'node:module'
import path from 'node:path'

/** The folder of package.json, for the source and for the built package alike. */
export function packageRoot(): string {
  return path.dirname(findPackageJSON('..', import.meta.url) ?? '.')
}

export function packageVersion(): string {
  const text = readFileSync(path.join(packageRoot(), 'package.json'), 'utf8')
  return (JSON.parse(text) as { version: string }).version
}
