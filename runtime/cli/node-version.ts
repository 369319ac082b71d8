/** As `engines` in package.json. */
const needed = { major: 22, minor: 18 } as const

/** What is wrong with this version of Node, `undefined` when nothing is. Must itself run on any that has ES modules. */
export function nodeFault(version: string): string | undefined {
  const [major = 0, minor = 0] = version.split('.').map(Number)
  if (major > needed.major || (major === needed.major && minor >= needed.minor)) return undefined
  return `dualport needs Node ${needed.major}.${needed.minor} or newer, this is ${version}`
}
