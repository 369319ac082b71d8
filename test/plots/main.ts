/** `npm run plots`: draws the figures of control/README.md anew. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { figures, folder } from './figures.ts'

mkdirSync(folder, { recursive: true })
for (const [name, draw] of Object.entries(figures)) {
  const file = new URL(`${name}.svg`, folder)
  writeFileSync(file, draw())
  console.log(fileURLToPath(file))
}
