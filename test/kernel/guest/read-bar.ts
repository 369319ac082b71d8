/** `read-bar.ts FOLDER COUNT`: reads so many words of BAR3 of the PCI device in FOLDER, of which no driver has use. */
import { mapBar } from './resource-file.ts'

const [folder = '', count = '1'] = process.argv.slice(2)
const bar = mapBar(folder, 3, 0x1000)
let sum = 0
for (let n = 0; n < Number(count); n++) sum += bar.read32((n * 4) % 0x1000)
console.log(sum)
