/** `pass-images.ts BYTES COUNT`: takes so many input images from dualport_copy and gives output images back, each word plus one. */
import { PollSet, pollIn } from '../../../uio/system/event.ts'
import { closeFile, openFile, read, write } from '../../../uio/system/file.ts'

const [bytes = 64, count = 20] = process.argv.slice(2).map(Number)
const path = '/dev/dualport_copy'
const fd = openFile(path, 'readWrite')
if (fd < 0) throw new Error(`${path}: errno ${-fd}`)
const image = new Uint32Array(bytes / 4)
const polled = new PollSet([fd], pollIn)

if (openFile(path, 'readWrite') >= 0)
  throw new Error(`${path} cannot be shared, but was opened twice`)
if (read(fd, image, bytes - 4) >= 0) throw new Error('a read of another size was not refused')
for (let n = 0; n < count; n++) {
  if (polled.wait(5000) !== 1) throw new Error(`no image ${n}`)
  if (read(fd, image, bytes) !== bytes) throw new Error(`image ${n} cannot be read`)
  if (write(fd, image.map(plusOne), bytes) !== bytes) throw new Error(`image ${n} cannot be sent`)
}
closeFile(fd)
console.log(`passed ${count}`)

function plusOne(word: number): number {
  return word + 1
}
