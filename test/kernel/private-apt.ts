/**
 * apt with sources, lists and a package database of its own: packages of any Debian release are unpacked beside the
 * system, which stays as it is, and no root is needed.
 */
import { mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { CannotRun, findProgram, run } from './run-command.ts'

const keyring = '/usr/share/keyrings/debian-archive-keyring.gpg'
const sourcesFolder = '/etc/apt/sources.list.d'

export type AptSources = { readonly folder: string; readonly suites: readonly string[] }

export class PrivateApt {
  readonly #folder: string
  readonly #suites: readonly string[]
  readonly #options: readonly string[]

  constructor({ folder, suites }: AptSources) {
    this.#folder = folder
    this.#suites = suites
    this.#options = aptOptions(folder)
  }

  /** Reads the package lists. Rejects with CannotRun, as every method here does, where the packages cannot be had. */
  async update(): Promise<void> {
    for (const name of ['apt-get', 'dpkg-deb'])
      if ((await findProgram(name)) === undefined)
        throw new CannotRun(`${name} is missing: the kernel test needs a Debian-like machine`)
    const folder = this.#folder
    rmSync(folder, { recursive: true, force: true })
    for (const part of ['etc', 'state/lists/partial', 'cache/archives/partial'])
      mkdirSync(join(folder, part), { recursive: true })
    writeFileSync(join(folder, 'status'), '')
    const mirror = machineMirror()
    const lines = this.#suites.map(
      (suite) => `deb [signed-by=${keyring}] ${mirror} ${suite} main\n`,
    )
    writeFileSync(join(folder, 'etc/sources.list'), lines.join(''))
    // without it, lists that could not be had are only warned of
    await this.#apt('apt-get', ['-qq', '-o', 'APT::Update::Error-Mode=any', 'update'])
  }

  /** Direct dependencies of a package, by name. */
  async dependencies(name: string): Promise<readonly string[]> {
    const text = await this.#apt('apt-cache', ['depends', name])
    return [...text.matchAll(/^ *\|?Depends: (\S+)$/gm)].map((found) => found[1] as string)
  }

  /** Names of packages that a regular expression of apt's fits. */
  async names(pattern: string): Promise<readonly string[]> {
    const text = await this.#apt('apt-cache', ['search', '--names-only', pattern])
    return [...text.matchAll(/^(\S+) - /gm)].map((found) => found[1] as string)
  }

  /** Unpacks just these packages into `root`. */
  async unpack(names: readonly string[], root: string): Promise<void> {
    await this.#apt('apt-get', ['-qq', 'download', ...names], this.#archives)
    await this.#unpackAll(root)
  }

  /** Unpacks those files of a package into `root` that fit a pattern of tar's; each pattern must fit one. */
  async unpackParts(name: string, patterns: readonly string[], root: string): Promise<void> {
    await this.#apt('apt-get', ['-qq', 'download', name], this.#archives)
    const unpack = 'set -o pipefail; dpkg-deb --fsys-tarfile "$0" | tar -x --wildcards "$@"'
    for (const file of this.#downloaded())
      await run('bash', ['-c', unpack, file, '-C', root, ...patterns], { limitMs: 300_000 })
    this.#forget()
  }

  /** Unpacks a package of `suite` and everything it depends on into `root`. */
  async unpackWithDependencies(name: string, suite: string, root: string): Promise<void> {
    await this.#apt('apt-get', ['-qq', '-y', '--download-only', '-t', suite, 'install', name])
    await this.#unpackAll(root)
  }

  /** Removes the package lists, which are larger than most of what was unpacked. */
  close(): void {
    rmSync(this.#folder, { recursive: true })
  }

  async #unpackAll(root: string): Promise<void> {
    mkdirSync(root, { recursive: true })
    for (const file of this.#downloaded()) await run('dpkg-deb', ['-x', file, root])
    this.#forget()
  }

  get #archives(): string {
    return join(this.#folder, 'cache/archives')
  }

  #downloaded(): readonly string[] {
    const packages = readdirSync(this.#archives).filter((name) => name.endsWith('.deb'))
    return packages.map((name) => join(this.#archives, name))
  }

  #forget(): void {
    for (const file of this.#downloaded()) rmSync(file)
  }

  async #apt(program: string, args: readonly string[], cwd = this.#folder): Promise<string> {
    const env = { ...process.env, LC_ALL: 'C', DEBIAN_FRONTEND: 'noninteractive' }
    try {
      return await run(program, [...this.#options, ...args], { limitMs: 300_000, cwd, env })
    } catch (error) {
      throw new CannotRun(`packages of Debian ${this.#suites.join(', ')} cannot be had`, {
        cause: error,
      })
    }
  }
}

function aptOptions(folder: string): readonly string[] {
  const options = {
    'Dir::Etc::sourcelist': join(folder, 'etc/sources.list'),
    'Dir::Etc::sourceparts': '/dev/null',
    'Dir::Etc::preferencesparts': '/dev/null',
    'Dir::State': join(folder, 'state'),
    'Dir::State::status': join(folder, 'status'),
    'Dir::Cache': join(folder, 'cache'),
    'APT::Architecture': 'amd64',
    'APT::Install-Recommends': 'false',
    'APT::Sandbox::User': '',
    'Acquire::Languages': 'none',
    'Acquire::Retries': '3',
    'Debug::NoLocking': 'true',
  }
  return Object.entries(options).flatMap(([name, value]) => ['-o', `${name}=${value}`])
}

/** The Debian mirror that this machine itself uses. */
function machineMirror(): string {
  const texts = [readIfThere('/etc/apt/sources.list')]
  for (const file of namesIn(sourcesFolder)) texts.push(readIfThere(join(sourcesFolder, file)))
  const found = /^(?:URIs: *|deb (?:\[[^\]]*\] )?)(\S*\/debian\/?)(?:\s|$)/m.exec(texts.join('\n'))
  if (found?.[1] === undefined)
    throw new CannotRun("apt's sources name no Debian mirror (a URI that ends in /debian)")
  return found[1]
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder)
  } catch {
    return []
  }
}

function readIfThere(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}
