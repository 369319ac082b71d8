/** `npm run soak -- rings|trajectories`: random cases, as many as wanted; each soak has options of its own. */
const soaks: { readonly [name: string]: () => Promise<unknown> } = {
  rings: () => import('../sercos3/random-rings/main.ts'),
  trajectories: () => import('../trajectories/soak/main.ts'),
}

const start = soaks[process.argv[2] ?? '']
if (start === undefined) {
  console.error(`npm run soak -- ${Object.keys(soaks).join('|')} [options]; --help tells them`)
  process.exitCode = 2
} else await start()
